-- indexInstance(ctx, instanceId, rolesJson, registeredMicros) -> the roles as a set. It adds an instance to the indexes by role:
-- cb:role:{role} and cb:leader:candidates.
--- @include integer
--- @include role_list

-- In cb:leader:candidates, instances with the role `leader` come first, then the longest registered. The others follow at this distance:
-- microseconds since 1970 are less than it until the year 2112.
local WITHOUT_LEADER_ROLE = 4500000000000000

local function indexInstance(ctx, instanceId, rolesJson, registeredMicros)
  local keys, roles = ctx.keys, roleSet(rolesJson)
  for role in pairs(roles) do redis.call('SADD', keys.role .. role, instanceId) end
  redis.call('ZADD', keys.candidates, integer(registeredMicros + (roles.leader and 0 or WITHOUT_LEADER_ROLE)), instanceId)
  return roles
end
