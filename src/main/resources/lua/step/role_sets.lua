-- roleList(rolesJson) -> {names = list, keys = list of their keys, has = {role = true, ...}} of an array in JSON, nil or false
-- for none; not to be changed, since the next who asks for the same array gets the same table.
-- rolesOf(instanceId) -> {role = true, ...}, the roles of a registered instance.
-- hasAllRoles(roles, roleSet) -> whether an instance with these roles has all that a set requires; the set is named as in
-- task_queues.lua.
--- @include keys
--- @include noted
function step.roleList(rolesJson)
  rolesJson = rolesJson or '[]'
  local list = noted.roles[rolesJson]
  if not list then
    list = {names = cjson.decode(rolesJson), keys = {}, has = {}}
    for i, role in ipairs(list.names) do
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
