const units = ['bytes', 'KiB', 'MiB', 'GiB'];

/** 40_960 → `40 KiB`. Pure. */
export function bytesText(bytes: number): string {
  const power = bytes < 1_024 ? 0 : Math.min(3, Math.floor(Math.log2(bytes) / 10));
  const size = bytes / 1_024 ** power;
  return `${size < 10 && power > 0 ? size.toFixed(1) : Math.round(size)} ${units[power]}`;
}
