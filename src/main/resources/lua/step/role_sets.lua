-- rolesOf(instanceId) -> {role = true, ...}, the roles of a registered instance.
-- hasAllRoles(roles, roleSet) -> whether an instance with these roles has all that a set requires; the set is named as in
-- task_queues.lua.
--- @include keys
--- @include role_list
function step.rolesOf(instanceId)
  return step.roleList(redis.call('HGET', keys.instanceRoles, instanceId)).has
end

function step.hasAllRoles(roles, roleSet)
  if roleSet == '-' then return true end
  for role in string.gmatch(roleSet, '[^,]+') do
    if not roles[role] then return false end
  end
  return true
end
