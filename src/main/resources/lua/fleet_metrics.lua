-- Reads the sizes that operators watch; at most logarithmic time, writes nothing.
-- KEYS  1 prefix of every key
-- ARGV  roles to count instances of
-- Reply {instances alive, leader 0|1, term, version, tasks map of status to number, roles map of role to number}
local prefix = KEYS[1]
local rolesToCount = ARGV
--- @include step/keys
--- @include step/clock

local roles = {}
for _, role in ipairs(rolesToCount) do
  roles[role] = redis.call('SCARD', keys.role(role))
end
return {map = {
  instances = redis.call('ZCOUNT', keys.active, '(' .. nowText, '+inf'),
  leader = redis.call('EXISTS', keys.leader),
  term = tonumber(redis.call('GET', keys.term) or 0),
  version = tonumber(redis.call('HGET', keys.state, 'version') or 0),
  tasks = {map = {
    pending = redis.call('ZCARD', keys.pending),
    assigned = redis.call('ZCARD', keys.assigned),
    in_progress = redis.call('ZCARD', keys.inProgress),
    dead = redis.call('ZCARD', keys.dead),
  }},
  roles = {map = roles},
}}
