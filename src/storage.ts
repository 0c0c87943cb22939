import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { parseRemembered, type RememberedCamera } from './config/identity.js';

const maxRemembered = 64;

/** The plugin's folder inside Homebridge's storage, and what lies in it. */
export class Storage {
  readonly folder: string;

  /** @param storagePath Homebridge's storage folder */
  constructor(storagePath: string) {
    this.folder = `${storagePath}/homebridge-libcamera`;
  }

  /** Folder for FIFOs. */
  get runFolder(): string {
    return `${this.folder}/run`;
  }

  /**
   * The access token, made at the first call: 64 hexadecimal digits.
   *
   * @throws when the folder cannot be read or written
   */
  token(): string {
    const known = this.knownToken();
    if (known !== undefined) return known;
    const token = randomBytes(32).toString('hex');
    this.write('access-token', `${token}\n`);
    return token;
  }

  /** The access token, or nothing when none has been made yet. */
  knownToken(): string | undefined {
    const text = this.read('access-token')?.trim();
    return text !== undefined && /^[0-9a-f]{64}$/.test(text) ? text : undefined;
  }

  rememberedCameras(): RememberedCamera[] {
    return parseRemembered(this.read('cameras.json') ?? '');
  }

  /**
   * Remembers the ids of these cameras, and those of earlier ones: a camera that comes back after a mistake in the
   * configuration is the same one.
   *
   * @throws when the folder cannot be written
   */
  rememberCameras(cameras: readonly RememberedCamera[]): void {
    const earlier = this.rememberedCameras().filter(({ id }) => !cameras.some((camera) => camera.id === id));
    const text = `${JSON.stringify([...cameras, ...earlier].slice(0, maxRemembered), null, 2)}\n`;
    if (this.read('cameras.json') !== text) this.write('cameras.json', text);
  }

  private read(name: string): string | undefined {
    try {
      return readFileSync(`${this.folder}/${name}`, 'utf8');
    } catch {
      return undefined;
    }
  }

  /** Writes a new file and puts it in place of the old one, so that a power cut leaves one of them whole. */
  private write(name: string, text: string): void {
    const path = `${this.folder}/${name}`;
    try {
      mkdirSync(this.folder, { recursive: true, mode: 0o700 });
      writeFileSync(`${path}.new`, text, { mode: 0o600, flush: true });
      renameSync(`${path}.new`, path);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      const remedy = 'It must be a folder of the user that runs Homebridge, on a disk with room.';
      throw new Error(`${this.folder} cannot be written (${why}). ${remedy}`, { cause });
    }
  }
}
