'use strict';
// Loaded before our program (NODE_OPTIONS=--require) to let its workers meet with what files of a test cannot make: a crash of
// native code, and a network disk that is away for a moment. MBE_MISBEHAVE is `crash:PART` or `CODE:TIMES:PART`, and PART a
// part of the path of the file that is opened; or `crash-at-start`. `hang:MS:PART` is a disk that lets nobody go for so long,
// and says so (MS of 0: for good); with `hang-hard` nor can the runner end a process that hangs. `full-journal:N` is for the runner: the
// disk is full in the middle of the Nth time that it writes to its journal. `hurry:N` lets time pass N times as fast for the runner, by
// the clock that nobody sets, so that nobody waits for the heartbeat of one that is dead. `busy:PART` and `wait:PART`
// are for whoever is no worker process: opening a file keeps its thread busy, or is never done; both say so. `signal:NAME:PART`
// is a Ctrl-C or its like in the very moment in which such a process opens or writes a file, the first time that it does.
const fs = require('node:fs');
const [what, ...rest] = (process.env.MBE_MISBEHAVE ?? '').split(':');
const part = rest.at(-1);
let left = what === 'crash' || what.startsWith('hang') ? Infinity : Number(rest[0]);

function meet(file) {
  if (!String(file).includes(part) || left <= 0) return;
  if (what.startsWith('hang')) {
    hang(Number(rest[0]));
    return;
  }
  left--;
  if (what === 'crash') process.kill(process.pid, 'SIGSEGV');
  throw Object.assign(new Error(`${what}: made up by a test, open '${file}'`), { code: what });
}

function hang(ms) {
  fs.writeSync(2, 'hangs\n');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms === 0 ? hangMs : ms);
  if (ms === 0) process.exit(0); // The test has ended long ago.
}

/** Whoever listens has heard the signal when this is over; if nobody does, the process ends here. */
async function interrupted(name) {
  const heard = process.listenerCount(name) > 0 ? new Promise((resolve) => process.once(name, resolve)) : undefined;
  const awake = setTimeout(() => undefined, hangMs); // Waiting for a signal alone keeps no process.
  process.kill(process.pid, name);
  await heard;
  clearTimeout(awake);
}

/** What hangs for good must not do so when the test has failed. */
const hangMs = 30_000;

const isWorker = process.argv[1]?.includes('renderWorker');
if (what === 'full-journal' && !isWorker) {
  const { open } = fs.promises;
  left = Number(rest[0]);
  fs.promises.open = async (file, flags, ...args) => {
    const handle = await open(file, flags, ...args);
    if (flags === 'ax' && String(file).endsWith('.jsonl')) {
      const append = handle.appendFile.bind(handle);
      handle.appendFile = async (text) => {
        if (--left > 0) return append(text);
        await append(text.slice(0, text.length / 2));
        throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' });
      };
    }
    return handle;
  };
} else if (what === 'hurry') {
  const now = performance.now.bind(performance);
  performance.now = () => now() * Number(rest[0]);
} else if ((what === 'busy' || what === 'wait') && !isWorker) {
  const { open } = fs.promises;
  fs.promises.open = (file, ...args) => {
    if (!String(file).includes(part)) return open(file, ...args);
    if (what === 'busy') hang(hangMs);
    else fs.writeSync(2, 'hangs\n');
    return new Promise(() => setTimeout(() => undefined, hangMs));
  };
  const { openSync } = fs;
  fs.openSync = (file, ...args) => {
    if (String(file).includes(part)) hang(hangMs);
    return openSync(file, ...args);
  };
} else if (what === 'signal' && !isWorker) {
  const [name] = rest;
  left = 1;
  for (const use of ['open', 'writeFile']) {
    const done = fs.promises[use];
    fs.promises[use] = async (file, ...args) => {
      if (String(file).includes(part) && left-- > 0) await interrupted(name);
      return done(file, ...args);
    };
  }
} else if (what === 'hang-hard' && !isWorker) {
  require('node:child_process').ChildProcess.prototype.kill = () => true;
} else if (what && what !== 'full-journal' && isWorker) {
  if (what === 'crash-at-start') process.kill(process.pid, 'SIGSEGV');
  const { open } = fs.promises;
  fs.promises.open = async (file, ...args) => {
    meet(file);
    return open(file, ...args);
  };
  const { openSync } = fs;
  fs.openSync = (file, ...args) => {
    meet(file);
    return openSync(file, ...args);
  };
}
