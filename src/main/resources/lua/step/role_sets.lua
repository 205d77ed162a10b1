-- roleList(rolesJson) -> {keys = list of their keys, has = {role = true, ...}} of roles in a JSON array, nil or false for none. The
-- next who asks for the same array gets the same table.
-- rolesOf(instanceId) -> {role = true, ...}, the roles of a registered instance.
-- hasAllRoles(roles, roleSet) -> whether an instance with these roles has all that a set requires; the set is named as in
-- task_queues.lua.
--- @include keys
--- @include noted
function step.roleList(rolesJson)
  rolesJson = rolesJson or '[]'
  local list = noted.roles[rolesJson]
  if not list then
    list = {keys = {}, has = {}}
    for i, role in ipairs(cjson.decode(rolesJson)) do
      list.keys[i] = keys.role(role)
      list.has[role] = true
    end
    noted.roles[rolesJson] = list
  end
  return list
end

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
