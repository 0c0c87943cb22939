/** What one run of a scenario measured, by name. */
export type Figures = Readonly<Record<string, number>>;

/** One way to run a relay or a part of the plugin. */
export interface Scenario {
  readonly run: () => Promise<Figures>;
  /** Too long to be repeated. */
  readonly once?: true;
}
