/** The live page of one camera: wires the connection, the player and the words over the picture. */
import { connect, probeAccess, whatIsMissing } from './browser.js';
import { Connection } from './connection.js';
import { mayChangeRate } from './control.js';
import { PictureGate } from './gate.js';
import { Player } from './player.js';
import { Screen } from './screen.js';
import { words, type Access, type View } from './states.js';
import { START, parsePicture, parseText } from './wire.js';
import type { CameraState, ServerMessage, VideoTrack } from './wire.js';

const TICK_MS = 100;
/** A page nobody sees lets its connection go after this time, ms: the camera may then be switched off. */
const HIDDEN_MS = 10_000;

const screen = new Screen();
const gate = new PictureGate();
let missing: View['missing'] = whatIsMissing();
let access: Access = 'granted';
let camera: CameraState | undefined;
let track: VideoTrack | undefined;
/** What to add to the server's clock to get the page's, ms. */
let clockOffsetMs = 0;
let started = false;
let player: Player | undefined;

const connection = new Connection(
  {
    nowMs: () => performance.now(),
    after: (delayMs, task) => {
      const timer = setTimeout(task, delayMs);
      return () => clearTimeout(timer);
    },
    random: () => Math.random(),
    connect,
  },
  {
    opened: () => {
      access = 'granted';
      camera = undefined;
      started = false;
      gate.reset();
      player?.beginConnection();
      startWhenReady();
    },
    text: (message) => {
      const parsed = parseText(message);
      if (parsed) receive(parsed);
    },
    binary: (message) => {
      const picture = parsePicture(message);
      if (picture && gate.admits(picture)) player?.feed(picture);
    },
    refused: () => {
      void probeAccess().then((answer) => {
        if (connection.link.is !== 'open') access = answer;
      });
    },
    expectsMessages: () => camera === undefined || (started && camera.state === 'streaming'),
  },
);

function receive(message: ServerMessage): void {
  switch (message.type) {
    case 'hello':
      if (message.cameraName !== '') {
        screen.name(message.cameraName);
        player?.label(message.cameraName);
      }
      if (message.clockUs !== undefined) clockOffsetMs = performance.now() - message.clockUs / 1000;
      changeTrack(message.video);
      break;
    case 'state':
      camera = message.state;
      break;
    case 'burst':
      break;
    case 'burstEnd':
      player?.catchUp();
      break;
  }
}

/** jmuxer describes only the first parameter sets to the browser: other ones need another player. */
function changeTrack(video: VideoTrack | undefined): void {
  if (!video) return;
  const changed =
    track?.codec !== video.codec || track.width !== video.width || track.height !== video.height;
  track = video;
  if (changed && player?.fed) rebuild();
}

/** Media may flow when there is somewhere to put it. */
function startWhenReady(): void {
  if (started || !player?.ready || connection.link.is !== 'open') return;
  started = true;
  connection.send(START);
}

function build(): void {
  player = new Player(screen.stage, mayChangeRate(navigator.userAgent), {
    ready: startWhenReady,
    broken: rebuild,
    unsupported: () => {
      missing = 'codec';
      connection.sleep();
    },
  });
  player.label(document.title);
}

/** Another player needs a key picture: only another connection brings one at once. */
function rebuild(): void {
  player?.destroy();
  build();
  connection.renew();
  render();
}

function render(): void {
  const cameraRetryAtMs = camera?.state === 'recovering' ? camera.retryAtUs / 1000 + clockOffsetMs : 0;
  const picture = player?.picture ?? 'none';
  screen.show(
    words({
      nowMs: performance.now(),
      missing,
      access,
      link: connection.link,
      camera,
      cameraRetryAtMs,
      picture,
    }),
    player?.showsPicture ?? false,
  );
}

function wake(): void {
  if (missing === 'nothing') connection.wake();
}

function followVisibility(): void {
  let goToSleep: ReturnType<typeof setTimeout> | undefined;
  document.addEventListener('visibilitychange', () => {
    clearTimeout(goToSleep);
    if (document.visibilityState === 'visible') wake();
    else {
      goToSleep = setTimeout(() => {
        if (!document.pictureInPictureElement) connection.sleep();
      }, HIDDEN_MS);
    }
  });
}

if (missing === 'nothing') {
  build();
  wake();
  followVisibility();
  window.addEventListener('online', wake);
  document.addEventListener('click', () => player?.play());
  setInterval(() => {
    player?.tick();
    render();
  }, TICK_MS);
}
render();
