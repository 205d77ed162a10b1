-- Reads events after a position of the stream.
-- KEYS  1 prefix of every key
-- ARGV  as in step/run_calls.lua, and for each call: id of a stream entry, or $ for its end, 1 when it is the id of an event and 0 when it was made from a
--       time or is the beginning, most events, most bytes of payloads (but for the last event)
-- Reply {gap 0|1, events list of {id, type, payload}, last id up to which everything was read, empty when that is the position itself}.
--       A gap: the event at the position is not kept, or never happened in the history that Redis has now (it came back older);
--       or the stream has lost events and the time is older than its first. A position that is ahead of the stream is followed by all
--       that is kept
--- @include step/run_calls
--- @include step/map_reply

-- entries are read by so many: what is too large to be sent at once is not read for nothing each time
local STEP = 50

local function anyEvent(ctx, from, to)
  return #redis.call('XRANGE', ctx.keys.events, from, to, 'COUNT', 1) > 0
end

-- whether the stream has lost its beginning
local function isTrimmed(ctx)
  local info = mapReply(redis.call('XINFO', 'STREAM', ctx.keys.events)).map
  return info['entries-added'] > info.length
end

-- the first entries from there on: so many, or so large, as are sent at once
local function entriesFrom(ctx, from, limit, maxBytes)
  local entries, bytes, read = {}, 0, nil
  repeat
    read = redis.call('XRANGE', ctx.keys.events, from, '+', 'COUNT', STEP)
    for _, entry in ipairs(read) do
      entries[#entries + 1] = entry
      for _, text in ipairs(entry[2]) do bytes = bytes + #text end
      if bytes >= maxBytes or #entries == limit then return entries end
      from = '(' .. entry[1]
    end
  until #read < STEP
  return entries
end

return runCalls(function(ctx, position, isOfEvent, limitText, maxBytesText)
  local limit, maxBytes = tonumber(limitText), tonumber(maxBytesText)
  if position == '$' then
    local newest = redis.call('XREVRANGE', ctx.keys.events, '+', '-', 'COUNT', 1)[1]
    return {map = {gap = 0, events = {}, last = newest and newest[1] or '0-0'}}
  end
  local entries = entriesFrom(ctx, '(' .. position, limit, maxBytes)
  local gap
  if isOfEvent == '1' then
    gap = not anyEvent(ctx, position, position)
  else
    gap = #entries > 0 and not anyEvent(ctx, '-', position) and isTrimmed(ctx)
  end
  if gap and #entries == 0 then entries = entriesFrom(ctx, '-', limit, maxBytes) end

  local events = {}
  for _, entry in ipairs(entries) do
    local event = mapReply(entry[2])
    event.map.id = entry[1]
    events[#events + 1] = event
  end
  local last = #entries > 0 and entries[#entries][1] or gap and '0-0' or ''
  return {map = {gap = gap and 1 or 0, events = events, last = last}}
end)
