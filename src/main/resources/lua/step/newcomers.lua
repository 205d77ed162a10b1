-- Who registers for the first time is put into the indexes of instances together with the others who do so in the same run.
--
-- isStranger(instanceId) -> whether there is nothing of an instance. This is looked up once for all calls of the run, and it is
-- no stranger any more to the next one that asks.
-- enlist(instanceId, rolesJson, held) notes a newcomer, whose record is written, and whose roles were checked (check_types.lua).
-- `held` is how many tasks it has: none, unless somebody took it out of the indexes by hand.
-- indexNewcomers() writes them into the indexes, so that they are like everybody else, and counts them. It has to run before
-- anybody looks there, and before the script ends (settle_fleet.lua). Expects `deadline`.
--- @include keys
--- @include deadline
--- @include noted
--- @include rank_candidate
--- @include role_list
function step.findStrangers()
  local ids, own, strangers = {}, {}, {}
  for first = noted.settings + 1, #ARGV, noted.size do
    local id, size = ARGV[first], #own
    ids[#ids + 1] = id
    own[size + 1], own[size + 2], own[size + 3] = keys.instance(id), keys.gossip(id), keys.queue(id)
  end
  -- most often all or none are new: it does not matter then which of the keys are there
  if call('EXISTS', unpack(own)) == 0 then
    for i, deadlineText in ipairs(call('ZMSCORE', keys.active, unpack(ids))) do
      strangers[ids[i]] = not deadlineText
    end
  end
  return strangers
end

function step.isStranger(instanceId)
  local strangers = noted.strangers
  if not strangers then
    strangers = step.findStrangers()
    noted.strangers = strangers
  end
  local strange = strangers[instanceId]
  strangers[instanceId] = false
  return strange
end

function step.enlist(instanceId, rolesJson, held)
  local new = noted.newcomers
  if not new then
    new = {lives = {}, roles = {}, ranks = {}, loads = {}, byRoles = {}}
    noted.newcomers = new
  end
  local lives, ranks, rolesOf = new.lives, new.ranks, new.roles
  local size = #lives
  lives[size + 1], lives[size + 2] = deadline, instanceId
  rolesOf[size + 1], rolesOf[size + 2] = instanceId, rolesJson
  local roles = noted.roles[rolesJson].has
  ranks[size + 1], ranks[size + 2] = step.newRank(roles), instanceId
  if roles.worker then
    local loads = new.loads
    local workers = #loads
    loads[workers + 1], loads[workers + 2] = held == 0 and '0' or held, instanceId
  end
  local alike = new.byRoles[rolesJson]
  if not alike then
    alike = {}
    new.byRoles[rolesJson] = alike
  end
  alike[#alike + 1] = instanceId
end

function step.indexNewcomers()
  local new = noted.newcomers
  if not new then return end
  noted.newcomers = nil
  call('ZADD', keys.active, unpack(new.lives))
  call('HSET', keys.instanceRoles, unpack(new.roles))
  call('ZADD', keys.candidates, unpack(new.ranks))
  step.count('registrations', #new.lives / 2)
  if #new.loads > 0 then call('ZADD', keys.load, unpack(new.loads)) end
  for rolesJson, ids in pairs(new.byRoles) do
    for _, key in ipairs(step.roleList(rolesJson).keys) do
      call('SADD', key, unpack(ids))
    end
  end
end
