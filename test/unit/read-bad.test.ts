import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/trace/errors.js';
import { readRun } from '../../src/trace/read-run.js';
import { readTrace } from '../../src/trace/read-trace.js';
import { smallTables, temporaryFolder, writeSmallTrace } from './small-trace.js';

async function failure(path: string): Promise<UserError> {
  try {
    await readRun(path);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return error as UserError;
  }
  throw new Error(`${path} was read`);
}

describe('bad input is one sentence and what to do', () => {
  test('a missing path', async () => {
    const error = await failure('/nowhere/at/all');
    expect(error.message).toContain('/nowhere/at/all');
    expect(error.hint).toBeDefined();
  });

  test('an empty folder, and one with other files', async () => {
    const folder = temporaryFolder();
    expect((await failure(folder)).message).toContain('empty');
    writeFileSync(join(folder, 'notes.txt'), '');
    expect((await failure(folder)).message).toContain('notes.txt');
  });

  test('a file that is no trace, and one table of a trace', async () => {
    const file = join(temporaryFolder(), 'notes.txt');
    writeFileSync(file, 'hello');
    expect((await failure(file)).message).toContain('not a trace');
    const folder = await writeSmallTrace();
    expect((await failure(join(folder, 'ops.arrows'))).hint).toContain(folder);
  });

  test('a foreign version says both versions', async () => {
    const folder = await writeSmallTrace({}, { metadata: { 'gapscope.version': '7' } });
    expect((await failure(folder)).message).toMatch(/version 7.*reads 1/);
  });

  test('ops missing names what was found', async () => {
    const folder = await writeSmallTrace({ ops: undefined });
    expect((await failure(folder)).message).toContain('calls');
  });

  test('no GPU work says why, if the recorder knew', async () => {
    const status = { key: ['capture'], value: ['another profiler holds CUPTI'], startNs: [0] };
    const folder = await writeSmallTrace({ ops: {}, status });
    expect((await failure(folder)).message).toMatch(/no GPU work.*another profiler/);
    expect((await readRun(folder, { allowEmpty: true })).traces[0]!.calls.length).toBe(8);
  });

  test('text in place of a table', async () => {
    const folder = await writeSmallTrace();
    writeFileSync(join(folder, 'ops.arrows'), 'this is no Arrow stream, however long it may be');
    expect((await failure(folder)).message).toContain('no GPU work');
  });
});

describe('nothing readable is lost', () => {
  test('without calls, strings or status the ops are still there, and the loss is said', async () => {
    const folder = await writeSmallTrace({ calls: undefined, strings: undefined, status: undefined });
    const trace = await readTrace(folder);
    expect(trace.ops.length).toBe(8);
    expect(trace.strings[trace.ops.name[0]!]).toBe('?1');
    expect(trace.notices.map(({ table }) => table).sort()).toEqual(['calls', 'status', 'strings']);
  });

  test('a process that did not end cleanly is said to reach up to its last record', async () => {
    const folder = await writeSmallTrace({ status: { key: ['capture'], value: ['on'], startNs: [0] } });
    const { notices } = await readTrace(folder);
    expect(notices.map(({ message }) => message).join()).toContain('did not end cleanly');
  });

  test('one bad process does not hide the others', async () => {
    const run = temporaryFolder();
    await writeSmallTrace({}, {}, join(run, 'a.trace'));
    await writeSmallTrace({ ops: {} }, {}, join(run, 'launcher.trace'));
    mkdirSync(join(run, 'unrelated'));
    const { traces, notices } = await readRun(run);
    expect(traces.map(({ name }) => name)).toEqual(['a']);
    expect(notices[0]!.table).toBe('launcher.trace');
  });

  test('a table whose essential column is missing is left out, and said', async () => {
    const folder = await writeSmallTrace();
    const { calls } = smallTables();
    await writeSmallTrace({ calls }, {}, folder);
    const trace = await readTrace(folder, { columns: { ops: ['startNs', 'durationNs'] } });
    expect(() => trace.ops.channel).toThrow('ops.channel was not read');
    expect(trace.ops.startNs.length).toBe(8);
  });
});
