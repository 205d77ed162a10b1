-- Reads everything that Redis holds of a bench at one moment. It walks the key space: for tests on a small Redis of their own.
-- KEYS  1 prefix of every key
-- ARGV  1 id of the last event seen
-- Reply list of {key, type, when it expires in ms or -1, content: text, members, or names and values}; of the stream of events only
--       what follows the event seen: id, type, payload; of other streams nothing
local eventsKey = KEYS[1] .. 'stream:events'
local lastSeen = ARGV[1]

local function content(key, kind)
  if kind == 'hash' then return redis.call('HGETALL', key) end
  if kind == 'zset' then return redis.call('ZRANGE', key, 0, -1, 'WITHSCORES') end
  if kind == 'set' then return redis.call('SMEMBERS', key) end
  if kind == 'list' then return redis.call('LRANGE', key, 0, -1) end
  if kind == 'string' then return {redis.call('GET', key)} end
  if key ~= eventsKey then return {} end
  local events = {}
  for _, entry in ipairs(redis.call('XRANGE', eventsKey, '(' .. lastSeen, '+')) do
    events[#events + 1] = entry[1]
    events[#events + 1] = entry[2][2]
    events[#events + 1] = entry[2][4]
  end
  return events
end

local found = {}
for _, key in ipairs(redis.call('KEYS', KEYS[1] .. '*')) do
  local kind = redis.call('TYPE', key).ok
  found[#found + 1] = {key, kind, redis.call('PEXPIRETIME', key), content(key, kind)}
end
return found
