/** The text that the program shows, or prints without a window, for every picture by default. */
const STANDARD = '#%frame (%fps fps) exp %exp ag %ag dg %dg';

/** Made-up values of a camera in steady light. */
const VALUES: Readonly<Record<string, string>> = {
  '%exp': '20000.00',
  '%ag': '1.97',
  '%dg': '1.00',
  '%rg': '1.80',
  '%bg': '1.60',
  '%focus': '0.00',
  '%aelock': '1',
  '%lp': '0.00',
  '%temp': '0.00',
  '%afstate': 'idle',
};

/**
 * The `--info-text` line of a picture. The first occurrence of each word is replaced, as in the program.
 *
 * @param framerate pictures per second
 */
export function infoText(template: string | undefined, index: number, framerate: number): string {
  const words = { '%frame': String(index), '%fps': (index === 0 ? 0 : framerate).toFixed(2), ...VALUES };
  let text = template ?? STANDARD;
  for (const [word, value] of Object.entries(words)) {
    text = text.replace(word, value);
  }
  return text;
}
