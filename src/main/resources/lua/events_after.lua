-- Reads events after a position of the stream; writes nothing.
-- KEYS  1 prefix of every key
-- ARGV  1 id of a stream entry  2 1 when it is the id of an event, 0 when it was made from a time or is the beginning
--       3 most events  4 most bytes of payloads, but for the last event
-- Reply {gap 0|1, events list of {id, type, payload}, last id up to which everything was read, empty when that is the position
--       itself}. A gap: events after the position may have been there that are not kept, because the event at the
--       position is not kept, or because the stream has lost events and the time is older than the first that it has. A
--       position that is ahead of the stream (Redis was emptied) is followed by all that is kept
local prefix = KEYS[1]
local position, ofEvent, limit, maxBytes = ARGV[1], ARGV[2] == '1', tonumber(ARGV[3]), tonumber(ARGV[4])
-- entries are read by so many: what is too large to be sent at once is not read for nothing each time
local STEP = 50
--- @include step/keys
--- @include step/map_reply

local function any(from, to)
  return #redis.call('XRANGE', keys.events, from, to, 'COUNT', 1) > 0
end

-- whether the stream has lost its beginning
local function trimmed()
  local info = step.mapReply(redis.call('XINFO', 'STREAM', keys.events)).map
  return info['entries-added'] > info.length
end

local function bytesOf(entry)
  local bytes = 0
  for _, text in ipairs(entry[2]) do bytes = bytes + #text end
  return bytes
end

-- the first entries from there on: so many, or so large, as are sent at once
local function entriesFrom(from)
  local entries, bytes, read = {}, 0
  repeat
    read = redis.call('XRANGE', keys.events, from, '+', 'COUNT', STEP)
    for _, entry in ipairs(read) do
      entries[#entries + 1] = entry
      bytes = bytes + bytesOf(entry)
      if bytes >= maxBytes or #entries == limit then return entries end
      from = '(' .. entry[1]
    end
  until #read < STEP
  return entries
end

local entries = entriesFrom('(' .. position)
local gap
if ofEvent then
  -- an id between two events that are kept has missed nothing, though it is that of none
  gap = not any(position, position) and (#entries == 0 or not any('-', position))
else
  gap = #entries > 0 and not any('-', position) and trimmed()
end
if gap and #entries == 0 then
  entries = entriesFrom('-')
end

local last = gap and '0-0' or ''
if #entries > 0 then last = entries[#entries][1] end
local events = {}
for _, entry in ipairs(entries) do
  local event = step.mapReply(entry[2])
  event.map.id = entry[1]
  events[#events + 1] = event
end
return {map = {gap = gap and 1 or 0, events = events, last = last}}
