-- Reads events after a position of the stream; writes nothing.
-- KEYS  1 prefix of every key
-- ARGV  1 id of a stream entry  2 1 when it is the id of an event, 0 when it was made from a time or is the beginning
--       3 most events
-- Reply {gap 0|1, events list of {id, type, payload}, last id up to which everything was read, empty when that is the position
--       itself}. A gap: events after the position may have been there that are not kept, because the event at the
--       position is not kept, or because the stream has lost events and the time is older than the first that it has. A
--       position that is ahead of the stream (Redis was emptied) is followed by all that is kept
local prefix = KEYS[1]
local position, ofEvent, limit = ARGV[1], ARGV[2] == '1', ARGV[3]
--- @include step/keys
--- @include step/map_reply

local function any(from, to)
  return #redis.call('XRANGE', eventsKey, from, to, 'COUNT', 1) > 0
end

-- whether the stream has lost its beginning
local function trimmed()
  local info = mapReply(redis.call('XINFO', 'STREAM', eventsKey)).map
  return info['entries-added'] > info.length
end

local entries = redis.call('XRANGE', eventsKey, '(' .. position, '+', 'COUNT', limit)
local gap
if ofEvent then
  -- an id between two events that are kept has missed nothing, though it is that of none
  gap = not any(position, position) and (#entries == 0 or not any('-', position))
else
  gap = #entries > 0 and not any('-', position) and trimmed()
end
if gap and #entries == 0 then
  entries = redis.call('XRANGE', eventsKey, '-', '+', 'COUNT', limit)
end

local last = gap and '0-0' or ''
if #entries > 0 then last = entries[#entries][1] end
local events = {}
for _, entry in ipairs(entries) do
  local event = mapReply(entry[2])
  event.map.id = entry[1]
  events[#events + 1] = event
end
return {map = {gap = gap and 1 or 0, events = events, last = last}}
