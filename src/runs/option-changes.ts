import type { OptionValue } from './run-record.js';

/** An option that two runs have differently; absent on the side that lacks it. */
export interface OptionChange {
  readonly option: string;
  readonly from?: OptionValue;
  readonly to?: OptionValue;
}

type Options = Readonly<Record<string, OptionValue>>;

/** In the order of the later run's options, then those that only the earlier one has. */
export function optionChanges(before: Options, after: Options): OptionChange[] {
  // Without options at all, a run file is missing and nothing is known to have changed.
  if (Object.keys(before).length === 0 || Object.keys(after).length === 0) return [];
  const names = new Set([...Object.keys(after), ...Object.keys(before)]);
  return [...names].flatMap((option): OptionChange[] => {
    const from = Object.hasOwn(before, option) ? before[option] : undefined;
    const to = Object.hasOwn(after, option) ? after[option] : undefined;
    if (from === to) return [];
    return [{ option, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }];
  });
}
