// Numbers as a person reads them, and the ticks of an axis.

export function shown(value, digits = 4) {
  const number = typeof value === "string" ? Number(value) : value; // "inf" and "nan" come as text
  if (!Number.isFinite(number)) return String(value);
  if (number === 0) return "0";
  const size = Math.abs(number);
  if (size >= 1e6 || size < 1e-4) return number.toExponential(Math.max(0, digits - 2));
  return String(Number(number.toPrecision(digits)));
}

export function ticks(low, high, count = 4) {
  if (!(high > low)) return [low];
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((k) => k * power).find((s) => s >= rough);
  const found = [];
  for (let v = Math.ceil(low / step) * step; v <= high + step * 1e-6; v += step) found.push(Number(v.toPrecision(12)));
  return found;
}

export const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;
