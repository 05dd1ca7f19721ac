/** 1_536 → `1.5 KiB`. Pure. */
export function bytesText(bytes: number): string {
  if (bytes < 1_024) return `${bytes} bytes`;
  const units = ['KiB', 'MiB', 'GiB'];
  let [value, unit] = [bytes / 1_024, 0];
  while (value >= 1_024 && unit < units.length - 1) [value, unit] = [value / 1_024, unit + 1];
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}
