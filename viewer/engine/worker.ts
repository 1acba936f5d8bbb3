import { expose, transfer } from 'comlink';
import { UserError } from '../../src/trace/errors.js';
import { createEngine } from './engine.js';
import { buffersOf } from './frame.js';
import type { Engine, EngineProblem } from './protocol.js';

type Method = (...given: unknown[]) => unknown;

const engine = createEngine();
const frame: Engine['frame'] = async (request) => {
  const made = await engine.frame(request);
  return transfer(made, buffersOf(made));
};

const methods = Object.entries({ ...engine, frame }) as [string, Method][];
expose(Object.fromEntries(methods.map(([name, method]) => [name, crossing(method)])));

/** The method with its user errors as plain objects: as errors they would arrive without their hint. */
function crossing(method: Method): Method {
  return (...given) => {
    const result = method(...given);
    return result instanceof Promise ? result.catch(cross) : result;
  };
}

function cross(error: unknown): never {
  if (!(error instanceof UserError)) throw error;
  const { message, hint } = error;
  const told: EngineProblem = { message, ...(hint === undefined ? {} : { hint }) };
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- comlink passes what is no Error on as it is
  throw told;
}
