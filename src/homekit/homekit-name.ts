/**
 * Makes a name that HomeKit accepts: letters, digits, spaces and a few marks, with a letter or digit at both ends
 * (hap-nodejs warns of others, and the Home app may refuse the accessory).
 */
export function homekitName(name: string): string {
  const kept = name
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}\p{Zs}’'&!._:;()/,-]/gu, '')
    .replace(/\p{Zs}+/gu, ' ');
  const trimmed = kept.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '').slice(0, 64);
  const fitting = trimmed.replace(/[^\p{L}\p{N}]+$/u, '');
  // Two characters at least.
  return Array.from(fitting).length < 2 ? `Camera ${fitting}`.trimEnd() : fitting;
}
