// `npm start`: sets up what is missing, then does the main job on a recorded trace, and writes report.html.
//   npm start [-- TRACE]
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { ROOT, run } from './lib.mjs';

const setup = run(process.execPath, [join(ROOT, 'scripts', 'setup.mjs')], { show: true });
if (!setup.ok) process.exit(setup.code);

const trace = process.argv[2] ?? defaultTrace();
for (const command of ['info', 'gaps']) {
  const code = gapscope(command, trace);
  if (code !== 0) process.exit(code);
  process.stdout.write('\n');
}
// One file to open or to send: all of this with charts, and what to do about it.
const report = gapscope('report', trace, '-o', 'report.html');
if (report !== 0) process.exit(report);
process.stdout.write('\n');
const next = [
  [`view ${trace}`, 'the timeline, in the browser'],
  [`gaps ${trace} --window 'temporal_block:*' --top 30`, 'inside the temporal blocks only'],
  [`breakdown ${trace} --by layer`, 'what each part of a layer costs'],
  [`kv ${trace}`, 'the KV cache: time, waits, bytes against bandwidth'],
  [`switch ${trace}`, 'block latencies, and what a prompt switch is made of'],
  [`kernels ${trace}`, 'which kernels, and do they fill the GPU?'],
  [`overlap ${trace}`, 'streams, copies, and where the host waits'],
  [`gaps ${trace} --json`, 'the same for programs; every command has it'],
  ['doctor', 'can this machine record traces?'],
  ['capture -o out -- python your_pipeline.py', 'record your own'],
];
const width = Math.max(...next.map(([command]) => command.length));
const bold = (text) => (process.stdout.isTTY && !process.env.NO_COLOR ? `\u001b[1m${text}\u001b[0m` : text);
console.log(bold('Next'));
for (const [command, what] of next) console.log(`  npx gapscope ${command.padEnd(width)}   ${what}`);

/** `traces/default.txt` names the trace whose story is worth reading first. */
function defaultTrace() {
  const file = join(ROOT, 'traces', 'default.txt');
  const name = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  const path = join('traces', name);
  if (name === '' || !existsSync(join(ROOT, path))) {
    process.stderr.write(
      'there is no default trace: traces/default.txt names none that exists. Use npm start -- TRACE\n',
    );
    process.exit(1);
  }
  return path;
}

function gapscope(command, path, ...options) {
  const main = join(ROOT, 'dist', 'cli', 'main.js');
  return (
    spawnSync(process.execPath, [main, command, path, ...options], { stdio: 'inherit', cwd: ROOT }).status ??
    1
  );
}
