-- roleSet(rolesJson) -> {role = true, ...} of a JSON array; empty for nil or false.
-- rolesOf(ctx, instanceId) -> the same of a registered instance.
-- hasAllRoles(roles, required) -> whether all of a set of required roles are among them. Such a set is named by its roles in
--   alphabetical order with commas between, `-` when there are none.
local function roleSet(rolesJson)
  local roles = {}
  for _, role in ipairs(rolesJson and cjson.decode(rolesJson) or {}) do roles[role] = true end
  return roles
end

--- @include instance_records
local function rolesOf(ctx, instanceId)
  return roleSet(rolesJsonOf(redis.call('HGET', ctx.keys.records, instanceId)))
end

local function hasAllRoles(roles, required)
  if required == '-' then return true end
  for role in string.gmatch(required, '[^,]+') do
    if not roles[role] then return false end
  end
  return true
end
