import type { Figures } from './scenario.js';
import { median } from './statistics.js';

/** One line of the result. */
export interface Row {
  readonly name: string;
  readonly what: string;
  readonly ours: string;
  readonly peer: string;
  readonly threshold: string;
  /** Nothing when there is nothing to meet, or no peer to compare with. */
  readonly met: boolean | undefined;
}

/** What the repetitions of the scenarios measured. */
export class Results {
  private readonly runs = new Map<string, Figures[]>();

  add(scenario: string, figures: Figures): void {
    this.runs.set(scenario, [...(this.runs.get(scenario) ?? []), figures]);
  }

  /** Median of the repetitions; NaN when the scenario has not run. */
  figure(scenario: string, name: string): number {
    return median(this.values(scenario, name));
  }

  /** The largest of the repetitions: for what must never be. */
  worst(scenario: string, name: string): number {
    return Math.max(...this.values(scenario, name));
  }

  toJSON(): Record<string, readonly Figures[]> {
    return Object.fromEntries(this.runs);
  }

  private values(scenario: string, name: string): number[] {
    return (this.runs.get(scenario) ?? []).map((figures) => figures[name] ?? Number.NaN);
  }
}

/** @returns nothing when one of the two was not measured */
export function atMost(value: number, limit: number): boolean | undefined {
  return Number.isNaN(value) || Number.isNaN(limit) ? undefined : value <= limit;
}

/** A number for people, or a dash. */
export function show(value: number, digits: number, unit: string): string {
  if (Number.isNaN(value)) return 'not measured';
  return Number.isFinite(value) ? `${value.toFixed(digits)} ${unit}`.trim() : 'never';
}

export function markdown(rows: readonly Row[]): string {
  return [
    '| what | ours | peer | threshold | met? |',
    '| --- | ---: | ---: | --- | --- |',
    ...rows.map(({ what, ours, peer, threshold, met }) => {
      const verdict = met === undefined ? '–' : met ? 'yes' : '**no**';
      return `| ${what} | ${ours} | ${peer} | ${threshold} | ${verdict} |`;
    }),
  ].join('\n');
}
