/** Of whatever text is typed into. */
export const inputLook =
  'w-full rounded border border-muted/70 bg-surface px-2 py-1.5 text-text aria-invalid:border-bad disabled:opacity-60';
