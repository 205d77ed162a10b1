-- Reads the sizes that operators watch; at most logarithmic time, writes nothing.
-- KEYS  1 prefix of every key
-- ARGV  roles to count instances of
-- Reply {instances alive, leader 0|1, term, version, tasks map of status to number, roles map of role to number}
local prefix = KEYS[1]
local rolesToCount = ARGV
--- @include step/keys
--- @include step/clock
--- @include step/integer

local roles = {}
for _, role in ipairs(rolesToCount) do
  roles[role] = redis.call('SCARD', roleKey(role))
end
return {map = {
  instances = redis.call('ZCOUNT', activeKey, '(' .. integer(now), '+inf'),
  leader = redis.call('EXISTS', leaderKey),
  term = tonumber(redis.call('GET', termKey) or 0),
  version = tonumber(redis.call('HGET', stateKey, 'version') or 0),
  tasks = {map = {
    pending = redis.call('ZCARD', pendingKey),
    assigned = redis.call('ZCARD', assignedKey),
    in_progress = redis.call('ZCARD', inProgressKey),
    dead = redis.call('ZCARD', deadKey),
  }},
  roles = {map = roles},
}}
