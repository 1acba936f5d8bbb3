// The Node addon: everything works, or says why not, with no GPU.
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { built, haveAddon, haveCapture } from './built.js';
import { environment, freshFolder, onlyTrace } from './harness.js';

interface Probe {
  driver: { version?: string; path?: string; error?: string };
  devices: { name: string; sms: number }[];
  cupti: { path?: string; version?: string; apiVersion?: number; error?: string; searched?: string[] };
  library: { path: string; found: boolean };
}

/** In a process of its own: what it loads stays loaded. */
function inNode(script: string, extra: Record<string, string> = {}, out = freshFolder()): string {
  return execFileSync(
    process.execPath,
    ['-e', `const addon = require(${JSON.stringify(built.addon)});${script}`],
    {
      encoding: 'utf8',
      env: { ...environment(out, {}), NVTX_INJECTION64_PATH: '', CUDA_INJECTION64_PATH: '', ...extra },
    },
  );
}

const probe = (extra: Record<string, string> = {}): Probe =>
  JSON.parse(inNode('console.log(JSON.stringify(addon.probe()))', extra)) as Probe;

describe.skipIf(!haveAddon)('addon', () => {
  it('loads', () => {
    const addon = createRequire(import.meta.url)(built.addon) as object;
    expect(Object.keys(addon).sort()).toEqual(['captureStatus', 'probe', 'startCapture', 'stopCapture']);
  });

  it('probe tells of the driver and its GPUs, or why there are none', () => {
    const { driver, devices, library } = probe();
    if (driver.error === undefined) {
      expect(driver.version).toMatch(/^\d+\.\d+$/);
      for (const device of devices) expect(device.sms).toBeGreaterThan(0);
    } else {
      expect(driver.error.length).toBeGreaterThan(20);
      expect(devices).toEqual([]);
    }
    expect(library).toMatchObject({ path: built.library });
  });

  it('probe tells which file GAPSCOPE_LIBCUPTI should have been', () => {
    const { cupti } = probe({ GAPSCOPE_LIBCUPTI: '/nowhere/libcupti.so' });
    expect(cupti.error).toContain('/nowhere/libcupti.so');
    expect(cupti.searched).toEqual(['/nowhere/libcupti.so']);
    const { library } = probe({ GAPSCOPE_LIBRARY: '/nowhere.so' });
    expect(library).toEqual({ path: '/nowhere.so', found: false });
  });

  it('says what is missing where there is no capture library', () => {
    const script = `try { addon.startCapture({ out: 'x' }) } catch (error) { console.log(error.message) }`;
    expect(inNode(script, { GAPSCOPE_LIBRARY: '/nowhere.so' })).toMatch(/nowhere\.so.*npm run build:native/);
    expect(inNode(`console.log(JSON.stringify(addon.captureStatus()))`)).toBe('{}\n');
    expect(inNode(`try { addon.stopCapture() } catch (error) { console.log(error.message) }`)).toBe(
      'no capture is running\n',
    );
    expect(inNode(`try { addon.startCapture() } catch (error) { console.log(error.name) }`)).toBe(
      'TypeError\n',
    );
  });

  it.skipIf(!haveCapture)('probe reads the version of libcupti', () => {
    expect(probe({ GAPSCOPE_LIBCUPTI: built.fakeCupti }).cupti).toEqual({
      path: built.fakeCupti,
      version: '13.0.1',
      apiVersion: 130001,
    });
    expect(probe({ GAPSCOPE_LIBCUPTI: built.fakeCupti, FAKECUPTI_VERSION: '26' }).cupti.version).toBe(
      'API 26',
    );
  });

  it.skipIf(!haveCapture)('captures within the Node process, more than once', async () => {
    const out = freshFolder();
    const script = `
      for (const name of ['a', 'b']) {
        const { capture } = addon.startCapture({ out: process.env.GAPSCOPE_OUT + '/' + name });
        console.log(capture, addon.captureStatus().library !== undefined);
        let again = ''; try { addon.startCapture({ out: 'x' }) } catch (error) { again = error.message }
        console.log(again);
        addon.stopCapture();
      }`;
    expect(inNode(script, {}, out)).toBe('on true\na capture is running already; stop it first\n'.repeat(2));
    expect((await onlyTrace(join(out, 'a'))).status.get('exit')).toBe('clean');
    expect((await onlyTrace(join(out, 'b'))).status.get('exit')).toBe('clean');
  });

  it.skipIf(!haveCapture)('says why the GPU cannot be captured', () => {
    const script = `try { addon.startCapture({ out: process.env.GAPSCOPE_OUT }) } catch (error) { console.log(error.message) }`;
    const holder = { FAKECUPTI_FAULTS: 'held', FAKECUPTI_HOLDER: 'ncu' };
    expect(inNode(script, holder)).toContain('CUPTI is held by ncu');
  });
});
