#!/bin/sh
# Runs a command that sees some paths of closed folders, in a mount namespace of its own (unshare --mount):
# each closed folder is covered by an empty one that all may enter, in which the paths are mounted again.
# usage: private-view.sh STAGE hide:FOLDER... (ro|rw):PATH... -- COMMAND...   (paths: outer before inner)
set -eu
stage=$1
shift
mask=$(umask)
umask 022

mount -t tmpfs -o mode=0755,size=1m netscope "$stage"
number=0
for word; do
  path=${word#*:}
  case $word in
    --) break ;;
    r[ow]:*)
      number=$((number + 1))
      if [ -d "$path" ]; then mkdir "$stage/$number"; else : >"$stage/$number"; fi
      mount --bind "$path" "$stage/$number"
      ;;
  esac
done

for word; do
  case $word in
    --) break ;;
    hide:*) mount -t tmpfs -o mode=0755,size=1m netscope "${word#*:}" ;;
  esac
done

number=0
for word; do
  path=${word#*:}
  case $word in
    --) break ;;
    r[ow]:*)
      number=$((number + 1))
      if [ -d "$stage/$number" ]; then mkdir -p "$path"; else mkdir -p "${path%/*}" && [ -e "$path" ] || : >"$path"; fi
      mount --bind "$stage/$number" "$path"
      case $word in ro:*) mount -o remount,bind,ro "$path" ;; esac
      ;;
  esac
done

# The current folder is still the one under the cover.
cd "$PWD" 2>/dev/null || cd /
umask "$mask"
while [ "$1" != -- ]; do shift; done
shift
exec "$@"
