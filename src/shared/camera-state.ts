/**
 * What a camera is doing, in one type for the log, the page, the settings UI and HomeKit.
 * `reason` and `remedy` are whole sentences for people: what happened, what to do about it.
 */
export type CameraState =
  | { readonly state: 'stopped' }
  | { readonly state: 'starting' }
  | { readonly state: 'streaming' }
  /** `retryAtUs`: when the camera process is started again, on the clock of {@link Clock.nowUs}. */
  | {
      readonly state: 'recovering';
      readonly reason: string;
      readonly remedy: string;
      readonly retryAtUs: number;
    }
  | { readonly state: 'failed'; readonly reason: string; readonly remedy: string };
