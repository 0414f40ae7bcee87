# bash completion for dkr-ls, which computes the candidates itself.
_dkr_ls() {
    local rest=${COMP_LINE:0:COMP_POINT} piece blanks program unchanged candidate quote i
    local -a words=() candidates
    # bash splits the line at = and : too, but dkr-ls expects words split at blanks only, and cut off
    # at the cursor.
    for piece in "${COMP_WORDS[@]:0:COMP_CWORD+1}"; do
        blanks=${rest%%[^[:space:]]*}
        rest=${rest#"$blanks"}
        [[ $rest == "$piece"* ]] || piece=$rest
        rest=${rest#"$piece"}
        if [[ $blanks || ${#words[@]} == 0 || ($piece != [=:]* && ${words[-1]} != *[=:]) ]]; then
            words+=("$piece")
        else
            words[-1]+=$piece
        fi
    done
    # Quotes have kept words together so far, and can go now. Between them backslashes are text.
    quote=${piece:0:1}
    for i in "${!words[@]}"; do
        case ${words[i]} in
            *[\"\']*) words[i]=${words[i]//[\"\']/} ;;
            *) words[i]=${words[i]//\\/} ;;
        esac
    done
    program=${words[0]/#\~\//"$HOME/"}
    program=${program/#\$HOME\//"$HOME/"}
    type -t "$program" >/dev/null || program=dkr-ls
    mapfile -t candidates < <("$program" __complete "${words[@]:1}" 2>/dev/null)
    # bash only replaces the last piece, and nothing if that is a = or :.
    case $quote in
        [\"\']) piece=${piece//[\"\']/} ;;
        *) quote='' piece=${piece//[\\\"\']/} ;;
    esac
    [[ $piece != +([=:]) ]] || piece=
    unchanged=${words[-1]%"$piece"}
    COMPREPLY=()
    for candidate in "${candidates[@]%%$'\t'*}"; do
        candidate=${candidate#"$unchanged"}
        # Untrusted text, such as the name of a context, must not be interpreted as shell code.
        # Within quotes, bash inserts what it is given.
        if [[ $quote ]]; then
            [[ ! $candidate || $candidate == *[\"\'\`\$]* ]] || COMPREPLY+=("$candidate")
        else
            [[ ! $candidate ]] || printf -v "COMPREPLY[${#COMPREPLY[@]}]" %q "$candidate"
        fi
    done
    [[ ${#COMPREPLY[@]} != 1 || ${COMPREPLY[0]} != *[:/] ]] || compopt -o nospace
}
complete -F _dkr_ls dkr-ls
