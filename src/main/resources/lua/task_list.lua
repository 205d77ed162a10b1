-- Lists tasks by status, each status in its order: the live ones by priority and arrival, the ended ones by the time of
-- their end. Writes nothing.
-- KEYS  1 prefix of every key
-- ARGV  1 most tasks  2 where to go on: order of the last task seen, `-inf` at the beginning  3 its id, may be empty
--       4.. statuses, of which the first is where to go on
-- Reply {tasks list of maps of the tasks' fields, status, order, id of the last one, or no such fields when no more follow}
local prefix = KEYS[1]
local limit, order, lastId = tonumber(ARGV[1]), ARGV[2], ARGV[3]
local statuses = {unpack(ARGV, 4)}
--- @include step/keys
--- @include step/task_record
--- @include step/room

local INDEXES = {
  pending = keys.pending, assigned = keys.assigned, in_progress = keys.inProgress, completed = keys.completed, dead = keys.dead,
}

local tasks = {}
local hasRoom = step.newRoom()
local listed = 0
local last

local function pageUpTo(task)
  return {map = {tasks = tasks, status = task.status, order = task.order, id = task.id}}
end

for i, status in ipairs(statuses) do
  local from, seen = '-inf', ''
  if i == 1 then from, seen = order, lastId end
  -- two more than wanted: the one seen last, and one that tells whether more follow
  local found = redis.call('ZRANGEBYSCORE', INDEXES[status], from, '+inf', 'WITHSCORES', 'LIMIT', 0, limit - listed + 2)
  for j = 1, #found, 2 do
    local id, score = found[j], found[j + 1]
    if not (score == from and id <= seen) then
      if listed == limit then return pageUpTo(last) end
      local task = step.taskRecord(id)
      if task and not hasRoom(task) then return pageUpTo(last) end
      -- counted even when its record is gone, so that the next page goes on behind it
      listed = listed + 1
      tasks[#tasks + 1] = task
      last = {status = status, order = score, id = id}
    end
  end
end
return {map = {tasks = tasks}}
