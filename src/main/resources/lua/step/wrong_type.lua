-- wrongType(keys, ids) -> the first key of ours that holds another type than it should, with both types, as text; nil when there is none.
-- Looked at are the keys that all calls share and those of the given ids.
local function wrongType(keys, ids)
  local wanted = {
    zset = {keys.active, keys.candidates, keys.allTasks, keys.pendingSince, keys.leases, keys.resources,
      keys.benches, keys.benchesDue},
    hash = {keys.records, keys.metrics, keys.state, keys.usage},
    string = {keys.leader, keys.term, keys.sequence, keys.lastClaim, keys.lastRun, keys.grace, keys.listed},
    stream = {keys.events, keys.minutes},
    list = {},
    set = {keys.nextRoles .. '-', keys.unblocking, keys.role .. 'worker', keys.role .. 'leader'},
  }
  for _, name in pairs(keys.tasks) do table.insert(wanted.zset, name) end
  for _, id in ipairs(ids) do
    table.insert(wanted.hash, keys.instance .. id)
    table.insert(wanted.hash, keys.gossip .. id)
    table.insert(wanted.hash, keys.task .. id)
    table.insert(wanted.zset, keys.queue .. id)
    table.insert(wanted.zset, keys.claimed .. id)
    table.insert(wanted.list, keys.history .. id)
    table.insert(wanted.set, keys.dependents .. id)
    table.insert(wanted.string, keys.idempotency .. id)
  end
  for kind, names in pairs(wanted) do
    for _, key in ipairs(names) do
      local found = redis.call('TYPE', key).ok
      if found ~= 'none' and found ~= kind then return key .. ' holds a ' .. found .. ', not a ' .. kind end
    end
  end
  return nil
end
