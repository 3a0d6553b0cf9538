@echo off
rem Install the kit beside this file without a network, and open its notebooks: a double click will do.
setlocal
rem pushd gives a network folder a drive letter; cd cannot go there.
pushd "%~dp0"
rem The launcher is not to fetch a Python that is not here.
set "PYTHON_MANAGER_AUTOMATIC_INSTALL=false"
rem A name may be there and start nothing (the Store's python does): only an answer counts.
py -@PYTHON@ -c "import venv" >nul 2>nul && goto launcher
python -c "import venv" >nul 2>nul && goto path
echo This kit needs Python @PYTHON@ (64 bit), and no Python was found: install it from https://www.python.org, then start this file again.
set "STATUS=2"
goto end
:launcher
py -@PYTHON@ start.py %*
set "STATUS=%ERRORLEVEL%"
goto end
:path
python start.py %*
set "STATUS=%ERRORLEVEL%"
:end
popd
rem Leave the window open, so that what went wrong can be read.
if not "%STATUS%"=="0" pause
exit /b %STATUS%
