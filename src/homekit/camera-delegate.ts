import type {
  CameraStreamingDelegate,
  HAP,
  PrepareStreamCallback,
  PrepareStreamRequest,
  SnapshotRequest,
  SnapshotRequestCallback,
  StreamingRequest,
  StreamRequestCallback,
} from 'homebridge';
import type { MediaPlane } from '../media/media-plane.js';

/** Answers HomeKit for one camera. Every callback is called exactly once, whatever happens. */
export class CameraDelegate implements CameraStreamingDelegate {
  /** @param media the media plane, once it runs */
  constructor(
    private readonly cameraId: string,
    private readonly media: () => MediaPlane | undefined,
    private readonly hap: HAP,
  ) {}

  handleSnapshotRequest(_request: SnapshotRequest, callback: SnapshotRequestCallback): void {
    this.snapshot()
      .then(
        (jpeg) => callback(undefined, jpeg),
        (error: unknown) => callback(error instanceof Error ? error : new Error(String(error))),
      )
      // What the callback itself throws would end Homebridge.
      .catch(() => undefined);
  }

  prepareStream(_request: PrepareStreamRequest, callback: PrepareStreamCallback): void {
    callback(new Error('The live view in the Home app does not exist yet. Watch the camera in a browser.'));
  }

  /** Only sessions that were prepared can start; what is left to answer is a stop. */
  handleStreamRequest(request: StreamingRequest, callback: StreamRequestCallback): void {
    callback(
      request.type === this.hap.StreamRequestTypes.STOP
        ? undefined
        : new Error('The stream was not prepared.'),
    );
  }

  private async snapshot(): Promise<Buffer> {
    const snapshot = await this.media()?.snapshot(this.cameraId);
    if (!snapshot) throw new Error('The camera is not running.');
    const { buffer, byteOffset, byteLength } = snapshot.jpeg;
    return Buffer.from(buffer, byteOffset, byteLength);
  }
}
