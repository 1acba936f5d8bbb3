import { accessSync, constants, existsSync } from 'node:fs';
import { BUILD_HINT, captureLibrary } from './native-files.js';
import { probe, type Probe } from './probe.js';

/** One thing that capture needs. `warning`: it works, but not as well or not for everything. */
export interface Check {
  readonly name: string;
  readonly state: 'ok' | 'warning' | 'failed';
  readonly detail: string;
  readonly advice?: string;
}

export interface DoctorResult {
  readonly schema: 'gapscope.doctor/1';
  readonly canCapture: boolean;
  readonly checks: readonly Check[];
  readonly probe: Probe | undefined;
}

/** Can this machine capture, and if not, what to do. */
export function examine(): DoctorResult {
  const answer = probe();
  const found = 'devices' in answer ? answer : undefined;
  const checks = [
    checkPlatform(),
    checkLibrary(),
    checkAddon(answer),
    ...(found === undefined
      ? [checkDriverFile()]
      : [checkDriver(found), checkDevices(found), checkCupti(found)]),
    checkDeviceFiles(),
    checkEnvironment(),
  ].filter((check) => check !== undefined);
  return {
    schema: 'gapscope.doctor/1',
    canCapture: checks.every(({ state }) => state !== 'failed'),
    checks,
    probe: found,
  };
}

function checkPlatform(): Check {
  const detail = `${process.platform} ${process.arch}, Node ${process.versions.node}`;
  if (process.platform === 'linux') return { name: 'system', state: 'ok', detail };
  return {
    name: 'system',
    state: 'failed',
    detail,
    advice: 'capture works on Linux; traces can be read and analysed here',
  };
}

function checkLibrary(): Check {
  const { path, exists } = captureLibrary();
  if (exists) return { name: 'capture library', state: 'ok', detail: path };
  return {
    name: 'capture library',
    state: 'failed',
    detail: `${path} has not been built`,
    advice: BUILD_HINT,
  };
}

function checkAddon(answer: ReturnType<typeof probe>): Check {
  if ('devices' in answer) return { name: 'native addon', state: 'ok', detail: 'loaded' };
  return {
    name: 'native addon',
    state: 'warning',
    detail: (answer as { error: string }).error,
    advice: 'without it the driver and libcupti cannot be examined; build it with `npm run build:native`',
  };
}

function checkDriver({ driver }: Probe): Check {
  if ('error' in driver) {
    return {
      name: 'driver',
      state: 'failed',
      detail: String(driver.error),
      advice: 'install the NVIDIA driver; in a container, start it with --gpus all',
    };
  }
  const path = driver.path === undefined ? '' : ` (${String(driver.path)})`;
  return { name: 'driver', state: 'ok', detail: `${String(driver.version)}${path}` };
}

/** Without the addon, the kernel module's own file still tells whether there is a driver. */
function checkDriverFile(): Check {
  const present = existsSync('/proc/driver/nvidia/version');
  return {
    name: 'driver',
    state: present ? 'ok' : 'failed',
    detail: present ? '/proc/driver/nvidia/version' : 'no NVIDIA driver is loaded',
    ...(present ? {} : { advice: 'install the NVIDIA driver; in a container, start it with --gpus all' }),
  };
}

function checkDevices({ devices }: Probe): Check {
  if (devices.length > 0) {
    const names = devices.map(({ name }, id) => `${id}: ${name ?? 'unnamed'}`);
    return { name: 'GPU', state: 'ok', detail: names.join(', ') };
  }
  return {
    name: 'GPU',
    state: 'failed',
    detail: 'none visible',
    advice: 'check CUDA_VISIBLE_DEVICES and `nvidia-smi`; in a container, start it with --gpus all',
  };
}

function checkCupti({ cupti }: Probe): Check {
  if (!('error' in cupti)) {
    return { name: 'libcupti', state: 'ok', detail: `${String(cupti.version)} (${String(cupti.path)})` };
  }
  // A program that brings its own, as PyTorch's wheels do, can be captured all the same.
  return {
    name: 'libcupti',
    state: 'warning',
    detail: String(cupti.error),
    advice: 'programs that bring their own (PyTorch) work; for others: --libcupti PATH, or install CUPTI',
  };
}

const DEVICE_FILES = ['/dev/nvidiactl', '/dev/nvidia-uvm'];

function checkDeviceFiles(): Check | undefined {
  const closed = DEVICE_FILES.filter((path) => existsSync(path) && !mayUse(path));
  if (closed.length === 0) return undefined;
  return {
    name: 'permissions',
    state: 'failed',
    detail: `${closed.join(', ')} may not be opened by this user`,
    advice: 'join the group that owns them (often "video"); tracing needs no more than that, not root',
  };
}

function mayUse(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false; // not allowed is the answer, not an error
  }
}

/** CUPTI serves one profiler a process: an injection already in the environment would be in the way. */
function checkEnvironment(): Check {
  const other = ['CUDA_INJECTION64_PATH', 'NVTX_INJECTION64_PATH'].filter(
    (name) => (process.env[name] ?? '') !== '' && process.env[name] !== captureLibrary().path,
  );
  if (other.length === 0) return { name: 'other profilers', state: 'ok', detail: 'none in the environment' };
  return {
    name: 'other profilers',
    state: 'warning',
    detail: `${other.join(', ')} is set`,
    advice: '`gapscope capture` replaces it for its command; do not run it under nsys or ncu',
  };
}
