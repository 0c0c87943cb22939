import { describe, expect, test } from '@jest/globals';
import type { DiagnosisKind } from '../../src/camera/diagnosis.js';
import { Supervisor } from '../../src/camera/supervisor.js';
import type { CameraState } from '../../src/shared/camera-state.js';
import { cameraSettings } from '../support/camera-settings.js';
import { FakeClock, settled } from '../support/fake-clock.js';
import { type SimulatedCamera, simulatedHost, type SimulatedHostOptions } from '../support/simulated-host.js';
import { contractRows } from './contract-table.js';

/** Processes started in ten minutes of the same trouble, with the random number 0.5. */
const starts: Readonly<Record<DiagnosisKind, number>> = {
  'fatal-config': 1,
  platform: 11,
  install: 11,
  transient: 18,
  busy: 18,
  permission: 18,
  'hardware-missing': 18,
};

interface Rig {
  readonly supervisor: Supervisor;
  readonly clock: FakeClock;
  readonly states: CameraState[];
  readonly cameras: readonly SimulatedCamera[];
  readonly host: ReturnType<typeof simulatedHost>;
}

function rig(options: SimulatedHostOptions, image: Readonly<Record<string, string>> = {}): Rig {
  const clock = new FakeClock();
  const states: CameraState[] = [];
  const host = simulatedHost(options);
  const supervisor = new Supervisor({
    settings: cameraSettings({ image }),
    host,
    clock,
    log: () => undefined,
    random: () => 0.5,
    listener: {
      started: () => undefined,
      bytes: () => undefined,
      ptsBytes: () => undefined,
      state: (state) => states.push(state),
    },
  });
  return { supervisor, clock, states, cameras: host.cameras, host };
}

/** The last trouble that was told. */
function trouble(states: readonly CameraState[]): { state: string; reason: string; remedy: string } {
  const last = states.findLast((state) => state.state === 'recovering' || state.state === 'failed');
  if (!last || !('reason' in last)) throw new Error(`no trouble: ${JSON.stringify(states)}`);
  return last;
}

describe.each(['vc4', 'pisp', 'none'] as const)('on %s, what the contract knows', (platform) => {
  // Most are the same on both kinds of Raspberry Pi; some are about one platform only.
  const anyPi = platform === 'vc4' || platform === 'pisp';
  const rows = contractRows.filter(
    ({ context }) => (context?.platform ?? (anyPi ? platform : '')) === platform,
  );

  test.each(rows)('$title', async ({ stderr, end, context, kind, says, remedy }) => {
    const play = (camera: SimulatedCamera): void => {
      for (const line of stderr) camera.says(line);
      camera.ends(end?.code === undefined ? 255 : end.code, (end?.signal ?? null) as NodeJS.Signals | null);
    };
    const image = context?.tuningFile === true ? { 'tuning-file': '/x.json' } : {};
    const { user, program } = context ?? {};
    const { supervisor, clock, states, cameras } = rig({ platform, play, user, program }, image);
    supervisor.start();
    await clock.advance(600_000);
    const told = trouble(states);
    expect(told.reason).toContain(says);
    expect(told.remedy).toMatch(remedy);
    expect(told.state).toBe(kind === 'fatal-config' ? 'failed' : 'recovering');
    // An option that is not known is doubted once.
    const doubted =
      kind === 'fatal-config' && stderr.some((line) => /unrecognised option|is ambiguous/.test(line));
    const expected = doubted ? 2 : starts[kind];
    expect(cameras.length).toBe(expected);
    await supervisor.stop();
    await clock.advance(600_000);
    expect(cameras.length).toBe(expected);
    expect(clock.pending).toBe(0);
  });
});

describe('what the supervisor sees by itself', () => {
  const streams = (camera: SimulatedCamera): void => void camera.stdout.write('abc');
  const timesOut = (camera: SimulatedCamera): void =>
    camera.says('ERROR: Device timeout detected, attempting a restart!!!');

  test('three timeouts of the sensor are tolerated when pictures come again', async () => {
    const { supervisor, clock, states, cameras } = rig({ play: streams });
    supervisor.start();
    await settled();
    const [camera] = cameras;
    for (let round = 0; round < 5; round += 1) {
      for (let i = 0; i < 3; i += 1) {
        await clock.advance(1000);
        if (camera) timesOut(camera);
      }
      await clock.advance(900);
      if (camera) streams(camera);
      await settled();
    }
    expect(cameras.length).toBe(1);
    expect(states.at(-1)).toEqual({ state: 'streaming' });
    await supervisor.stop();
  });

  test('the fourth in a row ends it at once, without a SIGINT that it does not look at', async () => {
    const { supervisor, clock, states, cameras } = rig({ play: streams });
    supervisor.start();
    await settled();
    const [camera] = cameras;
    for (let i = 0; i < 4; i += 1) {
      await clock.advance(1000);
      if (camera) timesOut(camera);
    }
    await settled();
    expect(camera?.signals).toEqual(['SIGKILL']);
    expect(trouble(states)).toMatchObject({ state: 'recovering', reason: 'The camera stopped answering.' });
    await supervisor.stop();
  });

  test('a process that survives SIGKILL: nothing is started until it is gone', async () => {
    // The first one only.
    const onSignal = (camera: SimulatedCamera, signal: NodeJS.Signals): void => {
      if (camera !== cameras[0]) camera.ends(null, signal);
    };
    const { supervisor, clock, states, cameras } = rig({ play: streams, onSignal });
    supervisor.start();
    await clock.advance(600_000);
    expect(cameras.length).toBe(1);
    expect(cameras[0]?.signals).toEqual(['SIGINT', 'SIGKILL']);
    expect(trouble(states)).toEqual({
      state: 'failed',
      reason: 'The camera program hangs in the kernel and cannot be ended.',
      remedy: 'Restart the Raspberry Pi: sudo reboot',
    });

    // Also not for somebody new, nor is anybody made to wait for its end.
    await supervisor.stop();
    supervisor.start();
    await clock.advance(600_000);
    expect(cameras.length).toBe(1);
    expect(states.at(-1)?.state).toBe('failed');

    cameras[0]?.ends(null, 'SIGKILL');
    await settled();
    expect(cameras.length).toBe(2);
    expect(states.at(-1)).toEqual({ state: 'streaming' });
    await supervisor.stop();
  });

  test('while a process of an earlier life hangs nothing is started, and then it is', async () => {
    let isBlocked = true;
    const { supervisor, clock, states, cameras } = rig({ play: streams, isBlocked: () => isBlocked });
    supervisor.start();
    await clock.advance(600_000);
    expect(cameras.length).toBe(0);
    expect(states).toEqual([
      {
        state: 'failed',
        reason: 'The camera program hangs in the kernel and cannot be ended.',
        remedy: 'Restart the Raspberry Pi: sudo reboot',
      },
    ]);
    isBlocked = false;
    await clock.advance(10_000);
    expect(cameras.length).toBe(1);
    await supervisor.stop();
  });

  test('an option the program does not know any more: it is asked anew once, and then it is a mistake', async () => {
    const play = (camera: SimulatedCamera): void => {
      camera.says("ERROR: *** unrecognised option '--sync' ***");
      camera.ends(255);
    };
    const { supervisor, clock, states, cameras, host } = rig({ play });
    supervisor.start();
    await settled();
    expect(states.at(-1)?.state).toBe('recovering');
    expect(host.forgotten).toBe(1);
    await clock.advance(600_000);
    expect(states.at(-1)?.state).toBe('failed');
    expect([cameras.length, host.forgotten]).toEqual([2, 1]);
    await supervisor.stop();
  });

  test('what it writes is of no use', async () => {
    const { supervisor, clock, states, cameras } = rig({ play: streams });
    supervisor.start();
    await settled();
    supervisor.replaceProcess('The stream is not FLV.');
    await settled();
    expect(trouble(states)).toMatchObject({ state: 'recovering', reason: 'The stream is not FLV.' });
    await clock.advance(600_000);
    expect(cameras.length).toBeGreaterThan(1);
    await supervisor.stop();
  });

  test('a mistake in the configuration is told again to whoever comes, and nothing is started', async () => {
    const play = (camera: SimulatedCamera): void => {
      camera.says('ERROR: *** Invalid AWB gains ***');
      camera.ends(255);
    };
    const { supervisor, states, cameras } = rig({ play });
    for (let viewer = 0; viewer < 3; viewer += 1) {
      supervisor.start();
      await settled();
      expect(states.at(-1)?.state).toBe('failed');
      await supervisor.stop();
    }
    expect(cameras.length).toBe(1);
  });

  test('a wrong number is answered with the cameras there are', async () => {
    const play = (camera: SimulatedCamera): void => {
      camera.says('ERROR: *** selected camera is not available ***');
      camera.ends(255);
    };
    const list = [{ index: 0, sensor: 'imx708', id: '/base/imx708@1a' }];
    const { supervisor, states } = rig({ play, list });
    supervisor.start();
    await settled();
    expect(trouble(states).reason).toMatch(/ Found: 0: imx708 \(\/base\/imx708@1a\)\.$/);
    await supervisor.stop();
  });

  test('counts starts and failures', async () => {
    const { supervisor, clock } = rig({ play: (camera) => camera.ends(1) });
    supervisor.start();
    await clock.advance(1000);
    expect(supervisor.counters).toEqual({ starts: 2, failures: 2 });
    await supervisor.stop();
  });
});
