import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { makerEnvironment } from '../../src/core/run/makerEnvironment';

describe('makerEnvironment', () => {
  const before = process.env['GLIBC_TUNABLES'];

  afterEach(() => {
    if (before === undefined) delete process.env['GLIBC_TUNABLES'];
    else process.env['GLIBC_TUNABLES'] = before;
  });

  it('asks for large pages beside what the allocator was told already', () => {
    delete process.env['GLIBC_TUNABLES'];
    assert.equal(makerEnvironment()['GLIBC_TUNABLES'], 'glibc.malloc.hugetlb=1');
    process.env['GLIBC_TUNABLES'] = 'glibc.malloc.arena_max=2';
    assert.equal(makerEnvironment()['GLIBC_TUNABLES'], 'glibc.malloc.arena_max=2:glibc.malloc.hugetlb=1');
  });

  it('hands all else on', () => {
    const { PATH, ELECTRON_RUN_AS_NODE } = makerEnvironment();
    assert.equal(PATH, process.env['PATH']);
    assert.equal(ELECTRON_RUN_AS_NODE, '1');
  });
});

describe('optimiseLate', () => {
  it('says nothing, whatever settings this Node knows', () => {
    const file = path.join(__dirname, '..', '..', 'src', 'core', 'run', 'makerEnvironment.ts');
    const script = `require(${JSON.stringify(file)}).optimiseLate()`;
    const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', '-e', script], { encoding: 'utf8' });
    assert.deepEqual([status, stderr], [0, '']);
  });
});
