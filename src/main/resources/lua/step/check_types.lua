-- checkTypes(sortedSets, hashes): ends the call, before it has written anything, when a key that it may write holds a value of
-- another type, put there by somebody else. Redis does not undo what a script did before it failed, so nothing that can fail
-- may come after the first write. Looked at are the keys that all scripts share and those of the dead that the sweep is about to
-- clear away, once in a run, and the given ones.
-- checkRoles(rolesJson): the same for the sets of some roles.
--
-- Two things are met with as they come: the record of a task that is no hash is as good as gone (task_record.lua), and another
-- worker whose queue is none is passed over (redistribute.lua, unclaimed_tasks.lua).
-- It notes what it comes across that others would look up: who leads, the version of the global state, whether tasks are counted in
-- the metrics, and that there are no tasks.
--- @include keys
--- @include dead_instances
--- @include leader
--- @include role_list
local SHARED_SORTED_SETS = {
  keys.active, keys.candidates, keys.load,
  keys.pending, keys.assigned, keys.inProgress, keys.completed, keys.dead,
}
-- never written: with a set that is empty, an intersection looks at the types of the others and at nothing else
local emptyKey = prefix .. 'empty'

function step.failWrongType(key, wanted)
  error({err = 'WRONGTYPE ' .. key .. ' holds a ' .. redis.call('TYPE', key).ok .. ', not a ' .. wanted})
end

function step.checkEach(some, command, wanted)
  for _, key in ipairs(some) do
    if type(redis.pcall(command, key)) ~= 'number' then step.failWrongType(key, wanted) end
  end
end

-- what is no string is not found, like what is not there at all
function step.checkStrings()
  local strings = {keys.leader, keys.term, keys.sequence}
  local found = redis.call('MGET', unpack(strings))
  step.noteLeader(found)
  for i, key in ipairs(strings) do
    if not found[i] then step.checkEach({key}, 'STRLEN', 'string') end
  end
end

function step.checkRoles(rolesJson)
  local roles = noted.roles[rolesJson] or step.roleList(rolesJson)
  if roles.checked then return end
  if type(redis.pcall('SINTERCARD', #roles.keys + 1, emptyKey, unpack(roles.keys))) ~= 'number' then
    step.checkEach(roles.keys, 'SCARD', 'set')
  end
  roles.checked = true
end

function step.checkSortedSets(sortedSets)
  if type(redis.pcall('ZINTERCARD', #sortedSets + 1, emptyKey, unpack(sortedSets))) ~= 'number' then
    step.checkEach(sortedSets, 'ZCARD', 'zset')
  end
end

function step.checkSharedHashes()
  step.checkEach({keys.instanceRoles}, 'HLEN', 'hash')
  local version = redis.pcall('HGET', keys.state, 'version')
  if type(version) == 'table' then step.failWrongType(keys.state, 'hash') end
  noted.version = tonumber(version or 0)
  local counted = redis.pcall('HEXISTS', keys.metrics, 'tasksPending')
  if type(counted) ~= 'number' then step.failWrongType(keys.metrics, 'hash') end
  noted.tasksCounted = counted == 1
end

function step.checkShared()
  step.checkStrings()
  step.checkSharedHashes()
  step.checkEach({keys.events}, 'XLEN', 'stream')
  local sortedSets = {unpack(SHARED_SORTED_SETS)}
  local roleSets = redis.pcall('HKEYS', keys.roleSets)
  if roleSets.err then step.failWrongType(keys.roleSets, 'hash') end
  for _, roleSet in ipairs(roleSets) do
    sortedSets[#sortedSets + 1] = keys.pendingRoles(roleSet)
    sortedSets[#sortedSets + 1] = keys.unclaimed(roleSet)
  end
  step.checkSortedSets(sortedSets)
  -- no task that has not ended: none is pending, and nobody has any
  if #roleSets == 0 then noted.pending, noted.mostLoaded = 0, 0 end
  -- without tasks, and without anybody who goes, it is not written
  if #roleSets > 0 or #step.deadInstances() > 0 then step.checkEach({keys.unclaimedSets}, 'HLEN', 'hash') end
  for _, instanceId in ipairs(step.deadInstances()) do
    step.checkEach({keys.queue(instanceId)}, 'ZCARD', 'zset')
    step.checkRoles(redis.call('HGET', keys.instanceRoles, instanceId))
  end
  noted.sharedTypes = true
end

function step.checkTypes(sortedSets, hashes)
  if not noted.sharedTypes then step.checkShared() end
  step.checkEach(sortedSets, 'ZCARD', 'zset')
  step.checkEach(hashes, 'HLEN', 'hash')
end
