-- bestPending(ctx, roles, room) -> the best pending tasks that an instance with these roles may take, best first: {id, order, required} each.
-- There may be more than `room`.
--- @include role_list
local function bestPending(ctx, roles, room)
  local found = {}
  for _, required in ipairs(redis.call('HKEYS', ctx.keys.roleSets)) do
    if hasAllRoles(roles, required) then
      local heads = redis.call('ZRANGE', ctx.keys.pendingRoles .. required, 0, room - 1, 'WITHSCORES')
      for i = 1, #heads, 2 do
        found[#found + 1] = {id = heads[i], order = tonumber(heads[i + 1]), required = required}
      end
    end
  end
  table.sort(found, function(a, b) return a.order < b.order end)
  return found
end
