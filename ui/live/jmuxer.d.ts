/** What the page uses of jmuxer 2.1.1, a classic script that leaves one global. (@types/jmuxer lacks half of it.) */
declare class JMuxer {
  constructor(options: {
    node: HTMLVideoElement;
    mode: 'video';
    /** 0: append within feed(). */
    flushingTime: number;
    /** ms; beyond it jmuxer itself jumps to the end, once a second. */
    maxDelay: number;
    fps: number;
    /** Writes an endless duration into the initialisation segment, or Safari pauses after some seconds. */
    live: boolean;
    /** Its own trimming. */
    clearBuffer: boolean;
    /** Also called, with null, when the media source opens after destroy(). */
    onReady: (isReset: boolean, mediaSource: MediaSource | null) => void;
    onError: () => void;
    onUnsupportedCodec: (codec: string) => void;
  });

  /** Missing until the first key picture. */
  readonly bufferControllers: { readonly video?: { readonly sourceBuffer: SourceBuffer } } | null | undefined;

  /** `duration` in whole ms. `isLastVideoFrameComplete`: do not hold the picture until the next one comes. */
  feed(data: { video: Uint8Array; duration: number; isLastVideoFrameComplete: boolean }): void;

  /** Appends what waits, if the source buffer is free. */
  releaseBuffer(): void;

  destroy(): void;
}
