import type { CameraState } from './shared/camera-state.js';
import type { Clock } from './shared/clock.js';
import { duration } from './shared/duration.js';
import type { LogLevel } from './shared/log.js';
import { Repetitions } from './shared/repetitions.js';

/** What the log says about one camera: a line for each change of its state, with the time it took. */
export class CameraLog {
  private readonly repetitions: Repetitions;
  private startedUs: number | undefined;
  private liveUs: number | undefined;

  constructor(private readonly clock: Clock) {
    this.repetitions = new Repetitions(clock);
  }

  /** @returns the line, and how loud it is: a trouble that comes again and again is said less and less often */
  line(state: CameraState): { readonly level: LogLevel; readonly line: string } {
    const nowUs = this.clock.nowUs();
    const line = this.words(state, nowUs).filter((sentence) => sentence !== '');
    if (state.state === 'starting') this.startedUs = nowUs;
    this.liveUs = state.state === 'streaming' ? nowUs : undefined;
    return { level: this.isNews(state) ? levels[state.state] : 'debug', line: line.join(' ') };
  }

  /** Sentences for people. */
  private words(state: CameraState, nowUs: number): readonly string[] {
    const live = this.liveUs === undefined ? '' : `It had been live for ${since(this.liveUs, nowUs)}.`;
    switch (state.state) {
      case 'stopped':
        return ['The camera is off because nobody is watching.', live];
      case 'starting':
        return ['The camera is starting.'];
      case 'streaming':
        return this.startedUs === undefined
          ? ['The camera is live.']
          : [`The camera is live, ${since(this.startedUs, nowUs)} after it was started.`];
      case 'recovering':
        return [state.reason, live, `Trying again in ${since(nowUs, state.retryAtUs)}.`, state.remedy];
      case 'failed':
        return [state.reason, live, state.remedy];
    }
  }

  /** A trouble that comes again and again is said once, and the recovery that follows it once. */
  private isNews(state: CameraState): boolean {
    if (state.state === 'streaming') return this.repetitions.isNew('live', 'live');
    if (state.state !== 'recovering' && state.state !== 'failed') return true;
    const isNew = this.repetitions.isNew('trouble', `${state.state} ${state.reason}`);
    if (isNew) this.repetitions.forget('live');
    return isNew;
  }
}

const levels: Readonly<Record<CameraState['state'], LogLevel>> = {
  stopped: 'debug',
  starting: 'debug',
  streaming: 'info',
  recovering: 'warn',
  failed: 'error',
};

function since(fromUs: number, toUs: number): string {
  return duration((toUs - fromUs) / 1000);
}
