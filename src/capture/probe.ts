import { createRequire } from 'node:module';
import { z } from 'zod';
import { messageOf } from '../trace/errors.js';
import { addonFile } from './native-files.js';

const FAILED = z.looseObject({ error: z.string() });

/** What the addon's `probe()` tells about this machine (`native/addon`). */
const PROBE = z.looseObject({
  driver: z.union([
    z.looseObject({ version: z.union([z.string(), z.number()]), path: z.string().optional() }),
    FAILED,
  ]),
  devices: z.array(z.looseObject({ name: z.string().optional() })),
  cupti: z.union([z.looseObject({ path: z.string(), version: z.union([z.string(), z.number()]) }), FAILED]),
  library: z.looseObject({ path: z.string().optional() }).optional(),
});

export type Probe = z.infer<typeof PROBE>;

/** Asks the native addon, or says why it cannot be asked. */
export function probe(): Probe | { readonly error: string } {
  const { path, exists } = addonFile();
  if (!exists) return { error: `${path} has not been built` };
  try {
    const addon = createRequire(import.meta.url)(path) as { probe(): unknown };
    return PROBE.parse(addon.probe());
  } catch (error) {
    return { error: `${path}: ${messageOf(error)}` };
  }
}
