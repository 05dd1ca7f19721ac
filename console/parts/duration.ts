/** 850 → `850 ms`, 61_000 → `1 min 1 s`. Pure. */
export function durationText(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor((seconds % 3_600) / 60)];
  if (hours === 0) return `${minutes} min ${seconds % 60} s`;
  return hours < 48 ? `${hours} h ${minutes} min` : `${Math.round(hours / 24)} days`;
}
