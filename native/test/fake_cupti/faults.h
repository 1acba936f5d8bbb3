// What goes wrong on purpose: FAKECUPTI_FAULTS is a comma list of these names.
//   held        cuptiSubscribe answers 39; the holder is FAKECUPTI_HOLDER
//   refused     cuptiSubscribe answers 999
//   unordered   records leave in another order than they came
//   zerotime    every 10th op has start and end 0, as when the pool of device slots is exhausted
//   invalidtail a buffer's valid size reaches past its last record
//   late        buffers are returned after the flush that asked for them has returned
//   empty       buffers are requested and returned with nothing in them
//   drops       every 100th record is dropped for want of a buffer
//   wide        records are longer than the headers say, as in later CUPTI versions
//   unknown     records of kinds the client did not ask for are in between
//   nooverhead  enabling the OVERHEAD kind fails
#pragma once

namespace fakecupti {

bool hasFault(const char* name);

}  // namespace fakecupti
