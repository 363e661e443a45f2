# shellcheck shell=sh disable=SC2034
# Sourced by bin/launch and bin/check, so that both mean the same host and port.
# Sets: slug_home slug_version slug_config slug_host slug_port

# The physical path, not the link `current`: a process keeps the version it was started from.
slug_home=$(CDPATH='' cd -P -- "$(dirname "$0")/.." && pwd -P)
slug_version=$(cat "$slug_home/version")

# A supervisor that passes no variables on, servicebuilder, leaves the place that Platypus has for
# it beside the installs.
slug_config=${CONFIG_PATH:-$slug_home/../../config/user_config.json}
[ -r "$slug_config" ] || slug_config=

# setting NAME DEFAULT: the value of that field, for slug's user_config is a flat object.
setting() {
    value=
    if [ -r "$slug_config" ]; then
        value=$(tr -d '\n' <"$slug_config" |
            sed -n "s/.*[{,][[:space:]]*\"$1\"[[:space:]]*:[[:space:]]*\"\{0,1\}\([0-9A-Za-z.:-]*\).*/\1/p")
    fi
    printf '%s\n' "${value:-$2}"
}

slug_host=$(setting host 127.0.0.1)
slug_port=${PORT:-$(setting port 1212)}
