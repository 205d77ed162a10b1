-- workerRoles(instanceId) -> set of its roles; hasAllRoles(roles, roleSet) -> whether a worker with these roles may take
-- a task that requires the set (named as in task_queues.lua).
--- @include keys
local function workerRoles(instanceId)
  local roles = {}
  for _, role in ipairs(cjson.decode(redis.call('HGET', instanceRolesKey, instanceId))) do
    roles[role] = true
  end
  return roles
end

local function hasAllRoles(roles, roleSet)
  if roleSet == '-' then return true end
  for role in string.gmatch(roleSet, '[^,]+') do
    if not roles[role] then return false end
  end
  return true
end
