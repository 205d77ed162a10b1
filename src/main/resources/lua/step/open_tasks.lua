-- readWorker(ctx, instanceId) -> {roles as a set, rolesJson, capacity}, nil for an instance that is no worker.
-- openTasks(ctx, roles, statuses, most) -> the tasks with these statuses (`pending`, `assigned`) that an instance with these roles may take, best
-- first: {id, order, required} each. The best `most` are among them; there may be more.
--- @include role_list
--- @include role_sets
local function readWorker(ctx, instanceId)
  local entry = redis.call('HGET', ctx.keys.records, instanceId)
  local rolesJson = rolesJsonOf(entry)
  local roles = roleSet(rolesJson)
  return roles.worker and {roles = roles, rolesJson = rolesJson, capacity = capacityOf(ctx, entry)} or nil
end

local function openTasks(ctx, roles, statuses, most)
  local found = {}
  for _, required in ipairs(roleSetsOf(ctx, roles)) do
    for _, status in ipairs(statuses) do
      local heads = redis.call('ZRANGE', ctx.keys.open[status] .. required, 0, most - 1, 'WITHSCORES')
      for i = 1, #heads, 2 do found[#found + 1] = {id = heads[i], order = tonumber(heads[i + 1]), required = required} end
    end
  end
  table.sort(found, function(a, b) return a.order < b.order end)
  return found
end
