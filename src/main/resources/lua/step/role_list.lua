-- roleList(rolesJson) -> {keys = list of their keys, has = {role = true, ...}} of roles in a JSON array, nil or false for none. The
-- next who asks for the same array gets the same table.
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
