import assert from 'node:assert/strict';
import { HeartWatch, isProcessThere, signOfRunner, type Surroundings } from '../../src/core/job/heartWatch';
import type { RunnerInfo } from '../../src/core/model/runnerInfo';

const [secondMs, hourMs] = [1_000, 3_600_000];
const noon = Date.parse('2026-01-01T12:00:00Z');

/** An observer, and a runner whose clock is not the observer's. */
class Scene {
  monotonicMs = 5_000;
  wallMs = noon;
  there = new Set([1]);
  beats = 0;
  runnerClockMs: number;
  private readonly watch: HeartWatch;

  constructor(
    readonly host: string,
    { aheadMs = 0 } = {},
  ) {
    this.runnerClockMs = noon + aheadMs;
    const surroundings: Surroundings = {
      monotonicMs: () => this.monotonicMs,
      wallMs: () => this.wallMs,
      host: 'here',
      isProcessThere: (pid) => this.there.has(pid),
    };
    this.watch = new HeartWatch(surroundings);
  }

  pass(ms: number): void {
    this.monotonicMs += ms;
    this.wallMs += ms;
    this.runnerClockMs += ms;
  }

  runner(): RunnerInfo {
    const heartbeatAt = new Date(this.runnerClockMs).toISOString();
    return { pid: 1, host: this.host, startedAt: '2026-01-01', heartbeatAt, beats: this.beats };
  }

  /** What was said last, looked at now. */
  look(runner: RunnerInfo): string {
    return this.watch.look(signOfRunner(runner));
  }
}

describe('a runner of another machine', () => {
  for (const [clock, aheadMs] of [
    ['an hour ahead', hourMs],
    ['an hour behind', -hourMs],
    ['right', 0],
    ['of the year 2999', Date.parse('2999-01-01') - noon],
  ] as const) {
    describe(`whose clock is ${clock}`, () => {
      it('is alive from its second beat on, and as long as it beats', () => {
        const scene = new Scene('far', { aheadMs });
        assert.equal(scene.look(scene.runner()), 'unknown');
        for (let i = 0; i < 5; i++) {
          scene.pass(100 * secondMs);
          assert.equal(scene.look(scene.runner()), 'alive');
        }
      });

      it('is gone when it was silent for the timeout', () => {
        const scene = new Scene('far', { aheadMs });
        const forged = scene.runner();
        assert.equal(scene.look(forged), 'unknown');
        scene.pass(119 * secondMs);
        assert.equal(scene.look(forged), 'unknown');
        scene.pass(secondMs);
        assert.equal(scene.look(forged), 'gone');
        scene.pass(hourMs);
        assert.equal(scene.look(forged), 'gone');
        scene.beats++;
        assert.equal(scene.look(scene.runner()), 'alive', 'it was suspended');
      });
    });
  }

  it('whose clock jumps back is alive, also where it says a time twice', () => {
    const scene = new Scene('far');
    scene.look(scene.runner());
    scene.pass(60 * secondMs);
    scene.runnerClockMs = noon - hourMs;
    assert.equal(scene.look(scene.runner()), 'alive');
    scene.pass(130 * secondMs);
    scene.runnerClockMs = noon - hourMs;
    scene.beats++;
    assert.equal(scene.look(scene.runner()), 'alive');
  });

  it('says something new with any of its words', () => {
    const changes = [{ pid: 2 }, { host: 'farther' }, { startedAt: '2026-01-02' }, { beats: 1 }];
    for (const change of changes) {
      const scene = new Scene('far');
      const first = scene.runner();
      scene.look(first);
      assert.equal(scene.look({ ...first, ...change }), 'alive', JSON.stringify(change));
    }
  });

  it('is alive whatever the clock of the observer does', () => {
    const scene = new Scene('far');
    scene.look(scene.runner());
    for (const wallMs of [noon + hourMs, noon - hourMs, 0]) {
      scene.pass(2 * secondMs);
      scene.wallMs = wallMs;
      const beat = scene.runner();
      assert.equal(scene.look(beat), 'alive');
      scene.wallMs += hourMs;
      assert.equal(scene.look(beat), 'alive');
    }
  });

  it('that has left in good order is gone at once, and nobody is there before the first', () => {
    const scene = new Scene('far');
    assert.equal(scene.look({ ...scene.runner(), endedAt: '2026-01-01' }), 'gone');
    assert.equal(signOfRunner(undefined), undefined);
  });

  it('of an older version, which counts no beats, is known by the times that it says', () => {
    const scene = new Scene('far');
    const { beats, ...first } = scene.runner();
    assert.equal(beats, 0);
    assert.equal(scene.look(first), 'unknown');
    scene.pass(2 * secondMs);
    const { heartbeatAt } = scene.runner();
    assert.equal(scene.look({ ...first, heartbeatAt }), 'alive');
  });
});

describe('a runner of this machine', () => {
  it('is there also where it is somebody else’s process', () => {
    const kill = process.kill.bind(process);
    try {
      for (const [code, isThere] of [
        ['EPERM', true],
        ['ESRCH', false],
      ] as const) {
        process.kill = () => {
          throw Object.assign(new Error(code), { code });
        };
        assert.equal(isProcessThere(1), isThere, code);
      }
    } finally {
      process.kill = kill;
    }
  });

  it('is alive or gone at once', () => {
    const scene = new Scene('here');
    assert.equal(scene.look(scene.runner()), 'alive');
    scene.there.clear();
    assert.equal(scene.look(scene.runner()), 'gone');
  });

  for (const [jump, ms] of [
    ['forth', hourMs],
    ['back', -hourMs],
  ] as const) {
    it(`is alive when the clock jumps ${jump}, because it beats within some seconds`, () => {
      const scene = new Scene('here');
      const before = scene.runner();
      scene.wallMs += ms;
      assert.equal(scene.look(before), 'unknown');
      scene.pass(2 * secondMs);
      assert.equal(scene.look(scene.runner()), 'alive');
    });
  }

  it('whose number another process has now is gone after some beats that do not come', () => {
    for (const aheadMs of [-hourMs, Date.parse('2999-01-01') - noon]) {
      const scene = new Scene('here', { aheadMs });
      const old = scene.runner();
      assert.equal(scene.look(old), 'unknown');
      scene.pass(10 * secondMs);
      assert.equal(scene.look(old), 'gone');
    }
  });
});
