-- checkTypes(sets, hashes): ends the script, before it has written anything, when a key that it may write holds a value of
-- another type, put there by somebody else. Redis does not undo what a script did before it failed, so nothing that can fail
-- may come after the first write. Looked at are the keys that all scripts share, those of the dead that the sweep is about to
-- clear away, and the given ones; `sets` are sorted sets or sets.
--
-- Two things are met with as they come: the record of a task that is no hash is as good as gone (task_record.lua), and another
-- worker whose queue is none is passed over (redistribute.lua, unclaimed_tasks.lua).
--- @include keys
--- @include dead_instances
local SHARED_SETS = {
  activeKey, activeWorkersKey, candidatesKey, loadKey, pendingKey, assignedKey, inProgressKey, completedKey, deadKey,
}
local SHARED_HASHES = {instanceRolesKey, metricsKey, stateKey}
local SHARED_STRINGS = {leaderKey, termKey, sequenceKey}
-- never written: with a set that is empty, an intersection looks at the types of the others and at nothing else
local emptyKey = prefix .. 'empty'

local function failWrongType(key, wanted)
  error({err = 'WRONGTYPE ' .. key .. ' holds a ' .. redis.call('TYPE', key).ok .. ', not a ' .. wanted})
end

local function concat(...)
  local all = {}
  for _, list in ipairs({...}) do
    for i = 1, #list do all[#all + 1] = list[i] end
  end
  return all
end

local function roleKeys(rolesJson)
  local keys = {}
  for _, role in ipairs(cjson.decode(rolesJson or '[]')) do keys[#keys + 1] = roleKey(role) end
  return keys
end

local function checkSets(keys)
  local reply = redis.pcall('ZINTERCARD', #keys + 1, emptyKey, unpack(keys))
  if type(reply) == 'number' then return end
  for _, key in ipairs(keys) do
    if type(redis.pcall('ZINTERCARD', 1, key, 'LIMIT', 1)) ~= 'number' then failWrongType(key, 'set') end
  end
end

local function checkEach(keys, command, wanted)
  for _, key in ipairs(keys) do
    if type(redis.pcall(command, key)) ~= 'number' then failWrongType(key, wanted) end
  end
end

-- what is no string is not found, like what is not there at all
local function checkStrings(keys)
  local found = redis.call('MGET', unpack(keys))
  for i, key in ipairs(keys) do
    if not found[i] then checkEach({key}, 'STRLEN', 'string') end
  end
end

local function checkTypes(sets, hashes)
  checkStrings(SHARED_STRINGS)
  checkEach(SHARED_HASHES, 'HLEN', 'hash')
  checkEach(hashes, 'HLEN', 'hash')
  checkEach({eventsKey}, 'XLEN', 'stream')
  local keys = concat(SHARED_SETS, sets)
  local roleSets = redis.pcall('HKEYS', roleSetsKey)
  if roleSets.err then failWrongType(roleSetsKey, 'hash') end
  for _, roleSet in ipairs(roleSets) do
    keys[#keys + 1] = pendingRolesKey(roleSet)
    keys[#keys + 1] = unclaimedKey(roleSet)
  end
  checkSets(keys)
  -- without tasks, and without anybody who goes, it is not written
  if #roleSets > 0 or #deadInstances() > 0 then checkEach({unclaimedSetsKey}, 'HLEN', 'hash') end
  for _, instanceId in ipairs(deadInstances()) do
    checkSets(concat({queueKey(instanceId)}, roleKeys(redis.call('HGET', instanceRolesKey, instanceId))))
  end
end
