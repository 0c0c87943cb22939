import type { AccessUnit } from './access-unit.js';

/** Bounds of a GOP cache: 8 s at 8 Mbit/s, and 20 s at 30 pictures per second. */
export const gopCacheBounds = { bytes: 8 * 1024 * 1024, units: 600 };

/** The access units since the newest IDR: what a new viewer needs to see a picture at once. */
export class GopCache {
  private cached: AccessUnit[] = [];
  private bytes = 0;

  constructor(private readonly bounds = gopCacheBounds) {}

  /** The newest IDR and all pictures since; empty when there is none, or when the GOP has outgrown the bounds. */
  get units(): readonly AccessUnit[] {
    return this.cached;
  }

  push(unit: AccessUnit): void {
    if (unit.key) this.clear();
    else if (this.cached.length === 0) return;
    this.cached.push(unit);
    this.bytes += unit.data.length;
    if (this.bytes > this.bounds.bytes || this.cached.length > this.bounds.units) this.clear();
  }

  clear(): void {
    this.cached = [];
    this.bytes = 0;
  }
}
