-- Who registers for the first time is put into the indexes of instances together with the others who do so in the same run.
--
-- enlist(instanceId, rolesJson) notes a newcomer, whose record is written, and whose roles were checked (check_types.lua).
-- isEnlisted(instanceId) -> whether it waits to be indexed.
-- indexNewcomers() writes them into the indexes, so that they are like everybody else. It has to run before anybody looks there,
-- and before the script ends (settle_fleet.lua). Expects `deadline`.
--- @include keys
--- @include deadline
--- @include noted
--- @include rank_candidate
--- @include role_sets
function step.enlist(instanceId, rolesJson)
  local new = noted.newcomers
  if not new then
    new = {ids = {}, lives = {}, roles = {}, ranks = {}, loads = {}, byRoles = {}}
    noted.newcomers = new
  end
  local roles = step.roleList(rolesJson).has
  local size = #new.lives
  new.ids[instanceId] = true
  new.lives[size + 1], new.lives[size + 2] = deadline, instanceId
  new.roles[size + 1], new.roles[size + 2] = instanceId, rolesJson
  new.ranks[size + 1], new.ranks[size + 2] = step.newRank(roles), instanceId
  if roles.worker then
    new.loads[#new.loads + 1] = 0
    new.loads[#new.loads + 1] = instanceId
  end
  local alike = new.byRoles[rolesJson] or {}
  new.byRoles[rolesJson] = alike
  alike[#alike + 1] = instanceId
end

function step.isEnlisted(instanceId)
  return noted.newcomers ~= nil and noted.newcomers.ids[instanceId] ~= nil
end

function step.indexNewcomers()
  local new = noted.newcomers
  if not new then return end
  noted.newcomers = nil
  redis.call('ZADD', keys.active, unpack(new.lives))
  redis.call('HSET', keys.instanceRoles, unpack(new.roles))
  redis.call('ZADD', keys.candidates, unpack(new.ranks))
  if #new.loads > 0 then redis.call('ZADD', keys.load, unpack(new.loads)) end
  for rolesJson, ids in pairs(new.byRoles) do
    for _, key in ipairs(step.roleList(rolesJson).keys) do
      redis.call('SADD', key, unpack(ids))
    end
  end
end
