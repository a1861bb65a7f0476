const Z = 1.96;

/** Wilson's 95 % interval of a share that was observed on `n` cases. */
export function wilsonInterval(share: number, n: number): { low: number; high: number } {
  if (n <= 0) return { low: 0, high: 1 };
  const width = (Z * Z) / n;
  const middle = (share + width / 2) / (1 + width);
  const half = (Z / (1 + width)) * Math.sqrt((share * (1 - share)) / n + width / (4 * n));
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}
