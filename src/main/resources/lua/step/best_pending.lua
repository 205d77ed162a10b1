-- bestPending(roles, room) -> the best pending tasks that an instance with these roles may take, over all queues that it may
-- draw from, best first: {id, order, roleSet} each. There may be more than `room`.
--- @include keys
--- @include role_sets
function step.bestPending(roles, room)
  local found = {}
  if redis.call('EXISTS', keys.pending) == 0 then return found end
  for _, roleSet in ipairs(redis.call('HKEYS', keys.roleSets)) do
    if step.hasAllRoles(roles, roleSet) then
      local heads = redis.call('ZRANGE', keys.pendingRoles(roleSet), 0, room - 1, 'WITHSCORES')
      for i = 1, #heads, 2 do
        found[#found + 1] = {id = heads[i], order = tonumber(heads[i + 1]), roleSet = roleSet}
      end
    end
  end
  table.sort(found, function(a, b) return a.order < b.order end)
  return found
end
