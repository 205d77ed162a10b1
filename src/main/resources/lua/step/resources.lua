-- What tasks in progress hold exclusively: cb:tasks:resources has the paths, each with a slash at its end. A path covers everything below it.
-- areResourcesFree(ctx, task) -> whether no task in progress holds one of the task's paths, one above or one below.
-- holdResources(ctx, task), freeResources(ctx, task) note that the task holds its paths, or no longer.
local function pathsOf(task)
  local paths = {}
  if task.resources ~= '[]' then
    for i, path in ipairs(cjson.decode(task.resources)) do paths[i] = path .. '/' end
  end
  return paths
end

local function areResourcesFree(ctx, task)
  for _, path in ipairs(pathsOf(task)) do
    -- all that begin with the path: `0` is the character after the slash
    local below = string.sub(path, 1, -2) .. '0'
    if #redis.call('ZRANGEBYLEX', ctx.keys.resources, '[' .. path, '(' .. below, 'LIMIT', 0, 1) > 0 then return false end
    local above = {}
    for slash in string.gmatch(path, '()/') do above[#above + 1] = string.sub(path, 1, slash) end
    for _, found in ipairs(redis.call('ZMSCORE', ctx.keys.resources, unpack(above))) do
      if found then return false end
    end
  end
  return true
end

local function holdResources(ctx, task)
  for _, path in ipairs(pathsOf(task)) do redis.call('ZADD', ctx.keys.resources, 0, path) end
end

local function freeResources(ctx, task)
  for _, path in ipairs(pathsOf(task)) do redis.call('ZREM', ctx.keys.resources, path) end
end
